/* Runs before the first paint: the theme, and what the keyboard shortcut is called here. */
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = root.dataset.theme || "auto";
    root.setAttribute("data-bs-theme", choice === "auto" ? (dark.matches ? "dark" : "light") : choice);
  };
  apply();
  dark.addEventListener("change", apply);
  window.gendanTheme = (choice) => { root.dataset.theme = choice; apply(); };
})();
