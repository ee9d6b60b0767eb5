/* Small things of shipment, receipt and inspection pages. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    for (const [name, zero] of [["[data-ent-fill]", false], ["[data-ent-zero]", true]]) {
      const button = event.target.closest(name);
      if (!button) continue;
      for (const input of button.closest("form").querySelectorAll("input[data-all]")) {
        input.value = zero ? "0" : input.dataset.all;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  });
  /* What is rejected is not accepted; what is left waits on. */
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("[data-waiting]");
    if (!box) return;
    const waiting = Number(box.dataset.waiting);
    const accepted = box.querySelector("[data-accepted]");
    const rejected = box.querySelector("[data-rejected]");
    if (event.target === rejected) accepted.value = String(Math.max(0, Number((waiting - (Number(rejected.value) || 0)).toFixed(6))));
    const left = Number((waiting - (Number(accepted.value) || 0) - (Number(rejected.value) || 0)).toFixed(6));
    box.classList.toggle("ent-over", left < 0);
    box.classList.toggle("ent-part", left > 0);
  });
})();
