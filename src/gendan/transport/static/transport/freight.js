/* Weights of lines are asked for only where freight is shared by them. */
(function () {
  "use strict";
  gendan.mount("[data-basis]", (select) => {
    const box = select.closest("form").querySelector("[data-weights]");
    const show = () => { box.hidden = select.value !== "weight"; };
    select.addEventListener("change", show);
    show();
  });
})();
