/* Where notices are sent: one choice for all kinds of an area. */
(function () {
  "use strict";
  document.addEventListener("change", (event) => {
    const all = event.target.closest?.(".no-area select[data-all]");
    if (all && all.value !== "-") {
      for (const one of all.closest(".no-area").querySelectorAll(`select[data-one="${CSS.escape(all.dataset.all)}"]`)) one.value = all.value;
    }
    const one = event.target.closest?.(".no-area select[data-one]");
    const head = one?.closest(".no-area").querySelector(`select[data-all="${CSS.escape(one.dataset.one)}"]`);
    if (head) head.value = "-";
  });
})();
