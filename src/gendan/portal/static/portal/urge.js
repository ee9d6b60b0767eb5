/* The page of a supplier who was urged: which fields an answer to a line needs. */
(function () {
  "use strict";
  for (const line of document.querySelectorAll("[data-line]")) {
    const kind = line.querySelector("[name=kind]"), more = line.querySelector("[data-more]");
    const show = () => {
      for (const button of line.querySelectorAll("[data-kind]")) button.setAttribute("aria-pressed", String(button.dataset.kind === kind.value));
      more.hidden = !kind.value;
      for (const field of more.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.split(" ").includes(kind.value);
    };
    for (const button of line.querySelectorAll("[data-kind]")) {
      button.addEventListener("click", () => {
        kind.value = kind.value === button.dataset.kind ? "" : button.dataset.kind;
        show();
        more.querySelector("[data-for]:not([hidden]) input")?.focus();
      });
    }
    show();
  }
})();
