/* All that a list shows, beyond the rows that were loaded: offered once every loaded row is chosen. */
(function () {
  "use strict";
  const words = () => document.querySelector("[data-all-cases]");
  const form = () => document.getElementById("bulk");
  const chosen = () => form()?.querySelector("input[name=all]");

  const refresh = () => {
    const bar = form();
    if (!bar || !words()) return;
    const head = document.querySelector("[data-check-all]");
    const all = head?.checked && !head.indeterminate;
    if (!all) chosen()?.remove();
    const more = document.querySelector("[data-more]");
    let button = bar.querySelector("[data-take-all]");
    if (all && more && !chosen() && !button) {
      button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-ghost", textContent: words().dataset.label });
      button.dataset.takeAll = "";
      bar.querySelector("[data-selected]").after(button);
    } else if (button && (!all || chosen() || !more)) button.remove();
    if (chosen()) bar.querySelector("[data-selected]").textContent = words().dataset.done;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-take-all]")) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "all", value: location.search });
      form().append(input);
    }
    refresh();
  });
  document.addEventListener("htmx:afterSwap", refresh);
  /* Forms in dialogs post it, too. */
  document.addEventListener("submit", (event) => {
    const dialog = event.target.closest?.("form[data-bulk]");
    if (!dialog) return;
    dialog.querySelector("input[name=all]")?.remove();
    if (chosen()) dialog.append(chosen().cloneNode());
  }, true);
})();
