/* An answer: a line that is not quoted asks for the reason only. */
(function () {
  "use strict";
  const show = (line) => {
    const no = line.querySelector("[data-quoted]").value === "no";
    for (const field of line.querySelectorAll(".rq-offer")) field.hidden = no;
  };
  const ready = (root) => {
    for (const line of root.querySelectorAll("[data-quote]")) {
      line.querySelector("[data-quoted]").addEventListener("change", () => show(line));
      show(line);
    }
  };
  ready(document);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) ready(event.target); });
})();
