/* Forms of returns: how many photos were chosen; what is scrapped or goes to the supplier is not restocked. */
(function () {
  "use strict";
  document.addEventListener("change", (event) => {
    const label = event.target.closest?.(".rt-photo");
    if (!label) return;
    const files = event.target.files.length;
    label.classList.toggle("is-set", files > 0);
    label.querySelector("[data-count]").textContent = files ? "× " + files : "+";
  });
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("[data-undecided]");
    if (!box || !event.target.matches("[data-part]")) return;
    let left = Number(box.dataset.undecided);
    for (const part of box.querySelectorAll("[data-part]")) left -= Number(part.value) || 0;
    box.querySelector("[data-rest]").value = String(Math.max(0, Number(left.toFixed(6))));
  });
})();
