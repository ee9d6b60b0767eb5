/* The order's confirmation dialog (split a line into several dates), remarks on its lines, the rows of «order from requisitions». */
(function () {
  "use strict";
  if (window.gendanOrder) return;
  window.gendanOrder = true;
  const number = (text) => Number(String(text).replace(/[,\s]/g, "")) || 0;
  const plain = (value) => String(Math.round(value * 1e6) / 1e6);

  gendan.mount("[data-confirmation]", (form) => {
    const part = (row, name) => row.querySelector(`[name="${name}"]`);
    const shown = (row) => {
      const refused = part(row, "answer").value !== "accepted";
      part(row, "promised_on").disabled = false;
      part(row, "promised_on").classList.toggle("po-off", refused);
      part(row, "quantity").classList.toggle("po-off", part(row, "answer").value === "none");
    };
    for (const row of form.querySelectorAll("[data-part]")) shown(row);
    form.addEventListener("click", (event) => {
      const split = event.target.closest("[data-split]");
      if (split) {
        const row = split.closest("tr");
        const copy = row.cloneNode(true);
        const line = part(row, "line").value;
        const all = [...form.querySelectorAll("[data-part]")].filter((other) => part(other, "line").value === line);
        const used = all.reduce((sum, other) => sum + number(part(other, "quantity").value), 0);
        const left = number(row.dataset.wanted) - used;
        const own = number(part(row, "quantity").value);
        const half = left > 0 ? left : Math.floor(own / 2);
        if (left <= 0) part(row, "quantity").value = plain(own - half);
        part(copy, "quantity").value = plain(half);
        copy.classList.add("po-part");
        for (const field of copy.querySelectorAll("[data-field]")) field.removeAttribute("data-field");
        const button = copy.querySelector("[data-split]");
        button.replaceChildren(gendan.icon("trash"));
        button.removeAttribute("data-split");
        button.setAttribute("data-unsplit", "");
        row.after(copy);
        part(copy, "promised_on").focus();
      }
      const gone = event.target.closest("[data-unsplit]");
      if (gone) gone.closest("tr").remove();
    });
    /* A refusal names rows by their place: parts that were split off count, too. */
    form.addEventListener("submit", () => {
      [...form.querySelectorAll("[data-part]")].forEach((row, n) => {
        for (const name of ["quantity", "promised_on"]) part(row, name).closest("td").dataset.field = `lines.${n}.${name}`;
      });
    });
    form.addEventListener("change", (event) => {
      const row = event.target.closest("[data-part]");
      if (row && event.target.name === "answer") shown(row);
      if (event.target.matches("[data-all-dates]")) {
        for (const other of form.querySelectorAll('[data-part] [name="promised_on"]')) other.value = event.target.value;
      }
    });
  });

  /* A remark on a line: the pencil opens a field in its place; Enter or leaving saves, Escape does not. */
  gendan.mount("[data-note]", (box) => {
    const shown = box.querySelector("[data-note-text]");
    const pencil = box.querySelector("button");
    const before = shown.textContent;
    pencil.addEventListener("click", () => {
      const input = gendan.el("input", { class: "form-control", name: "note", maxlength: "300", "aria-label": pencil.title });
      input.value = before;
      const form = gendan.el("form", { method: "post", action: box.dataset.note, "hx-boost": "true", "hx-push-url": "false", "hx-sync": "this:drop" },
        gendan.el("input", { type: "hidden", name: "_key", value: box.dataset.key }), input);
      let over = false;
      const finish = (save) => {
        if (over) return;
        over = true;
        if (save && input.value.trim() !== before) return void form.requestSubmit();
        form.remove();
        shown.hidden = pencil.hidden = false;
      };
      form.addEventListener("submit", () => { over = true; });
      form.addEventListener("htmx:responseError", () => { over = false; });
      input.addEventListener("keydown", (event) => {
        event.stopPropagation();
        if (event.key === "Escape") { finish(false); pencil.focus(); }
      });
      input.addEventListener("blur", () => finish(true));
      shown.hidden = pencil.hidden = true;
      box.append(form);
      htmx.process(form);
      input.focus();
    });
  });

  gendan.mount("[data-picks]", (table) => {
    const boxes = () => [...table.querySelectorAll('[name="pick"]')];
    const all = table.querySelector("[data-pick-all]");
    const state = () => { all.checked = boxes().every((box) => box.checked); };
    all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; });
    /* Why this supplier, and at what price, was said of the suggested one. */
    table.addEventListener("gendan:picked", (event) => {
      const row = event.target.closest("tr");
      const price = row.querySelector('[name="unit_price"]');
      event.target.gendanSuggested ??= { supplier: event.target.dataset.supplier, price: price.placeholder };
      const same = event.detail.value === event.target.gendanSuggested.supplier;
      price.placeholder = same ? event.target.gendanSuggested.price : "";
      const why = row.querySelector("[data-why-supplier]");
      if (why) why.hidden = !same;
    });
    table.addEventListener("change", (event) => {
      if (event.target.name === "pick") return state();
      if (event.target !== all) { event.target.closest("tr").querySelector('[name="pick"]').checked = true; state(); }
      return undefined;
    });
    state();
  });
})();
