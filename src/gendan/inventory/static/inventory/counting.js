/* Counting: the scan form knows where one stands and which line came last; a scan carries its own key. */
(function () {
  "use strict";
  gendan.mount("[data-count-state]", (state) => {
    const form = document.querySelector("[data-scan-form]");
    if (!form) return;
    form.elements.place.value = state.dataset.place;
    form.elements.last.value = state.dataset.last;
    const typing = document.activeElement;
    if (!typing || typing === document.body) form.querySelector("[data-scan-input]").focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-leave]")) return;
    window.location.assign(window.location.pathname);
  });
})();
