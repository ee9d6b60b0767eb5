/* Menus, dialogs, navigation, theme. */
(function () {
  "use strict";
  const open = (id) => { const dialog = document.getElementById(id); if (dialog && !dialog.open) dialog.showModal(); return dialog; };
  gendan.open = open;

  document.addEventListener("click", (event) => {
    const target = event.target;
    for (const menu of document.querySelectorAll("details.gd-menu[open]")) {
      if (!menu.contains(target) || target.closest("a.gd-menu-item")) menu.removeAttribute("open");
    }
    const opener = target.closest("[data-open]");
    if (opener) open(opener.dataset.open);
    if (target.closest("[data-open-shortcuts]")) open("shortcuts");
    if (target.closest("[data-open-more]")) open("more");
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    if (target.matches("dialog") && target.open) {
      const box = target.getBoundingClientRect();
      if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) target.close();
    }
    if (target.closest("[data-fold-nav]")) {
      const narrow = document.body.classList.toggle("gd-nav-narrow");
      gendan.cookie("gendan_nav", narrow ? "narrow" : "wide");
    }
    target.closest("[data-more-filters]")?.form.classList.toggle("open");
    const print = target.closest("[data-print]");
    if (print) window.print();
    const copy = target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => gendan.toast(gendan.text("copied")));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.gd-menu[open]");
      if (menu) { menu.removeAttribute("open"); menu.querySelector("summary").focus(); }
    }
    const list = event.target.closest?.("details.gd-menu[open]");
    if (list && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const items = [...list.querySelectorAll("a.gd-menu-item, button.gd-menu-item")];
      const at = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      items[(at + items.length) % items.length]?.focus();
      event.preventDefault();
    }
    if (gendan.isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { open("shortcuts"); event.preventDefault(); }
    if (event.key === "n") {
      const primary = document.querySelector("a[data-primary]");
      if (primary) { primary.click(); event.preventDefault(); }
    }
  });

  /* A menu hangs from the right edge of its button, unless that leaves the screen: on a phone the button may be the only one. */
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.gd-menu[open]")) return;
    const list = event.target.querySelector(".gd-menu-list");
    list.style.left = list.style.right = "";
    if (list.getBoundingClientRect().left < 8) { list.style.left = "0"; list.style.right = "auto"; }
  }, true);

  gendan.mount("[data-theme-form]", (form) => form.addEventListener("submit", (event) => {
    event.preventDefault();
    const choice = event.submitter.value;
    gendan.cookie("gendan_theme", choice);
    window.gendanTheme(choice);
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === choice));
  }));
})();
