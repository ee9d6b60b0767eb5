/* My approvals: a decision in place, with a note. «a» decides the row where the keyboard stands. */
(function () {
  "use strict";

  const open = (button) => {
    const dialog = document.getElementById("decide");
    const form = dialog.querySelector("form");
    form.querySelector("[data-what]").textContent = button.dataset.what;
    const split = form.querySelector("[data-split]");
    split.textContent = button.dataset.split;
    split.hidden = !button.dataset.split;
    form.querySelector("[name=task]").value = button.dataset.task;
    form.querySelector("[name=_key]").value = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    for (const each of form.querySelectorAll("button[data-verb]")) {
      each.setAttribute("formaction", `${button.dataset.decide}/${each.dataset.verb}`);
    }
    form.querySelector("textarea").value = "";
    dialog.showModal();
    form.querySelector("textarea").focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-decide]");
    if (button) open(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "a" || gendan.isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const button = document.querySelector("tr.gd-here button[data-decide]");
    if (button) { event.preventDefault(); open(button); }
  });
})();
