/* What the user is told: progress, toasts, refusals with their fields, questions before what cannot be undone. */
(function () {
  "use strict";
  const { text, el } = gendan;
  let pending = 0;

  const progress = (on) => {
    const bar = document.getElementById("progress");
    if (!bar) return;
    pending = Math.max(0, pending + (on ? 1 : -1));
    if (pending) { bar.classList.remove("done"); bar.classList.add("on"); } else { bar.classList.replace("on", "done"); }
  };
  const quiet = (event) => event.detail.elt.closest?.("[data-live], .gd-job, .gd-tool, .gd-palette");

  gendan.toast = (message, options = {}) => {
    const box = el("div", { class: `gd-toast gd-toast-${options.kind || "info"}` }, message);
    if (options.label) {
      const button = el("button", { type: "button" }, options.label);
      button.addEventListener("click", () => { box.remove(); options.action(); });
      box.append(button);
    }
    document.getElementById("toasts")?.append(box);
    if (!options.stay) setTimeout(() => box.remove(), options.kind === "error" ? 10000 : 5000);
    return box;
  };
  gendan.mount("[data-toast]", (box) => setTimeout(() => box.remove(), box.classList.contains("gd-toast-error") ? 12000 : 6000));

  gendan.problem = (message) => {
    const region = document.getElementById("problem");
    const template = el("div", { class: "gd-problem-box", "data-problem": true }, gendan.icon("alert-circle"), el("div", { class: "gd-problem-text" }, message));
    const close = el("button", { type: "button", class: "gd-tool", "data-dismiss": true, "aria-label": text("close") }, gendan.icon("x"));
    template.append(close);
    region.replaceChildren(template);
    raise(region);
  };

  /* Above an open dialog, too. */
  const raise = (region) => {
    if (!region.showPopover || !region.firstElementChild) return;
    region.setAttribute("popover", "manual");
    if (region.matches(":popover-open")) region.hidePopover();
    region.showPopover();
  };
  const dismiss = () => {
    const region = document.getElementById("problem");
    if (!region) return;
    region.replaceChildren();
    if (region.hidePopover && region.matches(":popover-open")) region.hidePopover();
  };
  gendan.mount("#problem [data-problem]", (box) => raise(box.parentElement));

  /* Refusals that name fields are shown beside the fields of the form that was sent. */
  let lastForm = null;
  gendan.mount("[data-field-errors]", (block) => {
    const errors = JSON.parse(block.textContent || "{}");
    if (lastForm && document.contains(lastForm) && gendan.showErrors(lastForm, errors)) setTimeout(dismiss);
  });

  document.addEventListener("DOMContentLoaded", () => {
    const body = document.body;
    body.addEventListener("htmx:beforeRequest", (event) => {
      if (event.defaultPrevented) return; // it will not be sent
      const elt = event.detail.elt;
      if (elt.matches("form")) lastForm = elt;
      if (!quiet(event)) progress(true);
      if (elt.matches("form[method=post], form[hx-post]")) dismiss();
    });
    body.addEventListener("htmx:afterRequest", (event) => { if (!quiet(event)) progress(false); });
    /* A view that redirected: go there as a whole page, with its own scripts and address. */
    body.addEventListener("htmx:beforeSwap", (event) => {
      const { xhr, requestConfig, elt } = event.detail;
      if (!elt.matches("form") || requestConfig?.verb !== "post" || !xhr.responseURL || xhr.status >= 400) return;
      const there = new URL(xhr.responseURL);
      if (there.pathname === new URL(requestConfig.path, location.href).pathname) return;
      event.detail.shouldSwap = false;
      gendan.leaving = true;
      location.assign(there);
    });
    body.addEventListener("htmx:sendError", (event) => { if (!quiet(event)) gendan.problem(text("offline")); });
    body.addEventListener("htmx:timeout", () => gendan.problem(text("timeout")));
    body.addEventListener("gendan:toast", (event) => gendan.toast(event.detail.value || event.detail.text || ""));
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-dismiss]")) dismiss();
      const why = event.target.closest("[data-why]");
      if (why) gendan.toast(why.dataset.why);
      const reload = event.target.closest("[data-reload]");
      if (reload) { gendan.leaving = true; location.reload(); }
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") dismiss(); });
  });

  /* What a question shows below its text: what would follow from yes. */
  const more = (dialog, address) => {
    const box = dialog.querySelector("[data-details]");
    box.replaceChildren();
    box.hidden = true;
    dialog.classList.remove("gd-wide");
    if (!address) return;
    htmx.ajax("GET", address, { target: box, swap: "innerHTML" }).then(() => {
      box.hidden = !box.firstElementChild;
      dialog.classList.toggle("gd-wide", !!box.querySelector("[data-impact]:not([data-impact='0'])"));
    });
  };

  /* Questions. htmx asks through htmx:confirm; a plain form through its submit. */
  const ask = (source) => new Promise((resolve) => {
    const dialog = document.getElementById("confirm");
    const field = dialog.querySelector("[data-reason-field]");
    const input = field.querySelector("input");
    const yes = dialog.querySelector("[data-yes]");
    const wantsReason = source.hasAttribute("data-confirm-reason");
    const [title, ...rest] = (source.dataset.confirm || text("confirm")).split("\n");
    const verb = (source.dataset.confirmYes || "").replace(/…$/, "");
    dialog.querySelector("#confirm-title").textContent = verb || text("confirm");
    dialog.querySelector("[data-text]").textContent = [title, ...rest].join("\n");
    yes.textContent = verb || text("yes");
    yes.className = source.hasAttribute("data-confirm-danger") ? "btn btn-danger" : "btn btn-primary";
    field.hidden = !wantsReason;
    input.required = wantsReason;
    input.value = "";
    dialog.returnValue = "no";
    more(dialog, source.dataset.confirmMore);
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? { reason: input.value } : null), { once: true });
    dialog.showModal();
    (wantsReason ? input : yes).focus();
  });

  const questionOf = (form, submitter) => {
    if (submitter?.dataset?.confirm || submitter?.hasAttribute?.("data-confirm-reason")) return submitter;
    if (form.dataset?.confirm || form.hasAttribute?.("data-confirm-reason")) return form;
    return null;
  };
  let submitter = null;
  document.addEventListener("click", (event) => { submitter = event.target.closest("button, input[type=submit]"); }, true);
  document.addEventListener("submit", (event) => { submitter = event.submitter || submitter; }, true);
  document.addEventListener("htmx:confirm", (event) => {
    const elt = event.detail.elt;
    const source = elt.matches("form") ? questionOf(elt, submitter && submitter.form === elt ? submitter : null) : questionOf(elt, null);
    if (!source) return;
    event.preventDefault();
    ask(source).then((answer) => {
      if (!answer) return;
      if (answer.reason && elt.matches("form")) {
        elt.querySelector("input[name=reason]")?.remove();
        elt.append(el("input", { type: "hidden", name: "reason", value: answer.reason }));
      }
      event.detail.issueRequest(true);
    });
  });
  gendan.ask = ask;
})();
