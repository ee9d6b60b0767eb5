/* Copy a link. */
(function () {
  "use strict";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.querySelector("[data-address]");
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch { field.select(); document.execCommand("copy"); }
    button.querySelector("span").textContent = "✓";
  });
})();
