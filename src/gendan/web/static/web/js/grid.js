/* The line grid: type, Tab, Enter adds a row, paste from Excel, duplicate, drag, totals from the server.
   Lines are plain objects {column key: text}; they are posted as JSON in a hidden field. */
(function () {
  "use strict";
  if (window.gendanGrid) return;
  window.gendanGrid = true;
  const { text, el, suggest } = gendan;

  const NUMERIC = new Set(["number", "money", "price"]);
  const EDITABLE = (column) => column.kind !== "show";
  const cleanNumber = (value) => {
    const plain = value.normalize("NFKC").replace(/[,\s¥$€]/g, "").replace(/−/g, "-");
    return /^-?\d*\.?\d+$|^-?\d+\.$/.test(plain) ? plain.replace(/\.$/, "") : value.trim();
  };
  const cleanDate = (value) => {
    const parts = value.normalize("NFKC").trim().match(/\d+/g);
    if (!parts) return value.trim();
    if (/^\d{8}$/.test(value.trim())) return `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6, 8)}`;
    const now = new Date();
    let [year, month, day] = parts.length >= 3 ? parts.map(Number) : [now.getFullYear(), ...parts.map(Number)];
    if (day === undefined || month > 12 || day > 31) return value.trim();
    if (parts.length === 2 && new Date(year, month - 1, day) < new Date(now.getFullYear(), now.getMonth() - 6, now.getDate())) year += 1;
    if (year < 100) year += 2000;
    return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  };

  class Grid {
    constructor(box) {
      this.box = box;
      this.columns = JSON.parse(box.dataset.columns);
      this.fixed = box.hasAttribute("data-fixed");
      this.hidden = box.querySelector("input[type=hidden]");
      this.table = box.querySelector("table");
      this.form = box.closest("form");
      const isPhone = window.matchMedia("(max-width: 767.98px)").matches; // rows are cards there: one empty one suffices
      this.minRows = this.fixed ? 0 : isPhone ? 1 : Number(box.dataset.minRows || 1);
      this.serial = 0;
      this.build();
      this.load(JSON.parse(box.dataset.lines || "[]"), true);
      this.showErrors(JSON.parse(box.dataset.lineErrors || "{}"));
      this.listen();
      this.askTotals = gendan.debounce(() => this.totals(), 350);
      if (box.dataset.totals && this.rows().some((row) => !this.isEmpty(row))) this.askTotals();
    }

    /* ---- building ---- */
    build() {
      const head = el("tr", {}, el("th", { class: "gd-grid-no" }, "#"));
      for (const column of this.columns) {
        const cell = el("th", { scope: "col", class: NUMERIC.has(column.kind) || column.right ? "gd-right" : "" }, column.label);
        if (column.required) cell.append(el("span", { class: "gd-required" }, "*"));
        if (column.width) cell.style.width = column.width;
        head.append(cell);
      }
      if (!this.fixed) head.append(el("th", { class: "gd-grid-tools" }));
      this.body = el("tbody");
      this.table.replaceChildren(el("thead", {}, head), this.body);
      if (!this.fixed && window.Sortable) {
        window.Sortable.create(this.body, { handle: "[data-grip]", animation: 120, onEnd: () => this.changed() });
      }
    }

    cell(column, value, label) {
      const right = NUMERIC.has(column.kind) || column.right;
      const td = el("td", { class: `gd-grid-${column.kind}${right ? " gd-right" : ""}`, "data-key": column.key, "data-label": column.label + (column.required && EDITABLE(column) ? " *" : "") });
      if (!EDITABLE(column)) { td.append(el("span", { class: "gd-shown" }, value ?? "")); return td; }
      let input;
      if (column.kind === "select") {
        input = el("select", {}, ...(column.required ? [] : [el("option", { value: "" }, "")]), ...column.options.map(([key, label]) => el("option", { value: key }, label)));
      } else {
        input = el("input", { type: "text", autocomplete: "off", spellcheck: "false", inputmode: right ? "decimal" : null, placeholder: column.placeholder || null });
      }
      input.value = value ?? "";
      if (column.kind === "product" && value) { input.dataset.value = value; input.value = label || value; input.title = input.value; }
      input.setAttribute("aria-label", column.label);
      td.append(input);
      return td;
    }

    row(line = {}) {
      const tr = el("tr", { "data-row": String(this.serial++) });
      const number = el("td", { class: "gd-grid-no" });
      if (!this.fixed) number.append(el("button", { type: "button", "data-grip": true, tabindex: "-1", "aria-label": text("move"), title: text("move") }, gendan.icon("grip-vertical")));
      number.append(el("span", { "data-no": true }));
      tr.append(number);
      for (const column of this.columns) {
        tr.append(this.cell(column, line[column.key] ?? column.default ?? "", line[`${column.key}_label`]));
      }
      tr.extra = {};
      for (const [key, value] of Object.entries(line)) if (!this.columns.some((column) => column.key === key)) tr.extra[key] = value;
      if (!this.fixed) {
        tr.append(el("td", { class: "gd-grid-tools" },
          el("button", { type: "button", "data-duplicate": true, tabindex: "-1", title: text("duplicate"), "aria-label": text("duplicate") }, gendan.icon("copy")),
          el("button", { type: "button", "data-remove": true, tabindex: "-1", title: text("remove"), "aria-label": text("remove") }, gendan.icon("trash"))));
      }
      return tr;
    }

    load(lines, first = false) {
      const fragment = document.createDocumentFragment();
      for (const line of lines) fragment.append(this.row(line));
      for (let n = lines.length; n < this.minRows; n += 1) fragment.append(this.row());
      this.body.replaceChildren(fragment);
      if (first) this.write(); else this.changed();
    }

    /* ---- reading ---- */
    rows() { return [...this.body.rows]; }
    input(row, key) { return row.querySelector(`td[data-key="${CSS.escape(key)}"] > :is(input, select)`); }
    line(row, typedOnly = false) {
      const line = { ...row.extra };
      for (const column of this.columns) {
        if (!EDITABLE(column)) continue;
        const input = this.input(row, column.key);
        const filledIn = typedOnly && input.parentElement.classList.contains("gd-auto");
        line[column.key] = filledIn ? "" : (column.kind === "product" && input.dataset.value) || input.value.trim();
      }
      return line;
    }
    isEmpty(row) {
      return !this.fixed && this.columns.every((column) => {
        if (!EDITABLE(column)) return true;
        const value = this.input(row, column.key).value.trim();
        return value === "" || value === String(column.default ?? "") || column.kind === "select" || this.input(row, column.key).parentElement.classList.contains("gd-auto");
      });
    }
    filled() { return this.rows().filter((row) => !this.isEmpty(row)); }

    write() {
      const rows = this.filled();
      this.hidden.value = JSON.stringify(rows.map((row) => this.line(row)));
      this.rows().forEach((row, at) => { row.querySelector("[data-no]").textContent = at + 1; });
      const count = this.box.querySelector("[data-count]");
      if (count) count.textContent = rows.length ? text("lines", { count: rows.length }) : "";
    }
    changed() {
      this.write();
      this.hidden.dispatchEvent(new Event("input", { bubbles: true }));
      if (this.box.dataset.totals) this.askTotals();
    }

    /* ---- totals, prices, hints: one request for all lines, answered in their order ---- */
    async totals() {
      const rows = this.filled();
      const round = this.round = (this.round || 0) + 1;
      if (!rows.length) { this.box.querySelector("[data-total-list]").replaceChildren(); return; }
      const body = new FormData(this.form);
      body.set(this.hidden.name, JSON.stringify(rows.map((row) => this.line(row, true)))); // what was filled in is asked for anew
      const answer = await fetch(this.box.dataset.totals, { method: "POST", body, headers: { "X-CSRFToken": gendan.csrf(), Accept: "application/json" } }).catch(() => null);
      if (!answer || !answer.ok || round !== this.round) return;
      const data = await answer.json();
      (data.lines || []).forEach((line, at) => rows[at] && this.setAuto(rows[at], line || {}));
      this.box.querySelector("[data-total-list]").replaceChildren(...(data.totals || []).map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))));
      for (const cell of this.body.querySelectorAll(".gd-cell-hint")) { cell.classList.remove("gd-cell-hint"); if (!cell.classList.contains("gd-cell-bad")) cell.querySelector(".gd-cell-note")?.remove(); }
      for (const [name, message] of Object.entries(data.hints || {})) this.note(name, message, "gd-cell-hint", rows);
      this.write();
    }
    setAuto(row, values) {
      for (const [key, value] of Object.entries(values)) {
        const td = row.querySelector(`td[data-key="${CSS.escape(key)}"]`);
        if (!td) continue;
        const shown = td.querySelector(".gd-shown");
        if (shown) { shown.textContent = value ?? ""; shown.title = value ?? ""; continue; }
        const input = td.querySelector("input, select");
        if (input === document.activeElement || value === null) continue;
        if (input.value === "" || td.classList.contains("gd-auto")) { input.value = value; td.classList.add("gd-auto"); }
      }
    }

    /* ---- errors ---- */
    place(name, rows) {
      const found = /^([\w-]+)\.(\d+)(?:\.(\w+))?$/.exec(name);
      if (!found || found[1] !== this.box.dataset.name) return null;
      const row = (rows || this.filled())[Number(found[2])];
      return row ? row.querySelector(`td[data-key="${CSS.escape(found[3] || "")}"]`) || row.cells[1] : null;
    }
    note(name, message, kind, rows) {
      const cell = this.place(name, rows);
      if (!cell) return;
      cell.classList.add(kind);
      if (kind === "gd-cell-hint" && cell.classList.contains("gd-cell-bad")) return; // what was refused is said before any advice
      cell.querySelector(".gd-cell-note")?.remove();
      cell.append(el("span", { class: "gd-cell-note", role: kind === "gd-cell-bad" ? "alert" : null }, message));
      const input = cell.querySelector("input, select");
      if (input && kind === "gd-cell-bad") input.setAttribute("aria-invalid", "true");
    }
    clearError(cell) {
      if (!cell?.classList.contains("gd-cell-bad")) return;
      cell.classList.remove("gd-cell-bad");
      cell.querySelector(".gd-cell-note")?.remove();
      cell.querySelector("input, select")?.removeAttribute("aria-invalid");
    }
    showErrors(errors) {
      for (const cell of this.body.querySelectorAll(".gd-cell-bad")) this.clearError(cell);
      const rows = this.filled();
      for (const [name, message] of Object.entries(errors)) this.note(name, message, "gd-cell-bad", rows);
    }
    focusError(name) { const input = this.place(name)?.querySelector("input, select"); input?.focus(); input?.scrollIntoView({ block: "center" }); }

    /* ---- moving ---- */
    listen() {
      this.box.addEventListener("input", (event) => this.onInput(event));
      this.box.addEventListener("change", (event) => this.onChange(event));
      this.box.addEventListener("keydown", (event) => this.onKey(event));
      this.box.addEventListener("paste", (event) => this.onPaste(event));
      this.box.addEventListener("focusin", (event) => { if (event.target.matches("td > input")) event.target.select(); });
      this.box.addEventListener("focusout", (event) => { if (event.target.matches("td > input")) this.leave(event.target); });
      this.box.addEventListener("click", (event) => {
        const row = event.target.closest("tbody tr");
        if (event.target.closest("[data-add]")) this.focus(this.append(), 0);
        else if (row && event.target.closest("[data-duplicate]")) this.duplicate(row);
        else if (row && event.target.closest("[data-remove]")) this.remove(row);
      });
      this.form?.addEventListener("change", (event) => { if (!this.box.contains(event.target) && this.box.dataset.totals) this.askTotals(); });
      this.form?.addEventListener("htmx:configRequest", (event) => { if (event.detail.elt === this.form) { this.write(); event.detail.parameters.set?.(this.hidden.name, this.hidden.value); } });
    }
    column(input) { return this.columns.find((column) => column.key === input.parentElement.dataset.key); }
    inputs(row) { return [...row.querySelectorAll("td[data-key] > :is(input, select)")]; }
    focus(row, at) { const all = this.inputs(row); (typeof at === "number" ? all[at] : this.input(row, at))?.focus(); }
    append(line, after) {
      const row = this.row(line);
      if (after) after.after(row); else this.body.append(row);
      return row;
    }
    duplicate(row) {
      const copy = this.line(row);
      const next = this.append(copy, row);
      for (const column of this.columns) if (column.kind === "product") this.take(this.input(next, column.key), this.input(row, column.key).item, false);
      this.changed();
      this.focus(next, 0);
    }
    remove(row) {
      const line = this.line(row);
      const empty = this.isEmpty(row);
      const next = row.nextElementSibling || row.previousElementSibling;
      const before = row.previousElementSibling;
      row.remove();
      if (!this.body.rows.length) this.append();
      this.changed();
      if (next && document.contains(next)) this.focus(next, 0);
      if (!empty) gendan.toast(text("remove"), { label: text("undo"), action: () => { const back = this.row(line); if (before && document.contains(before)) before.after(back); else this.body.prepend(back); this.changed(); } });
    }
    onInput(event) {
      const input = event.target;
      if (!input.matches("td > input")) return;
      input.parentElement.classList.remove("gd-auto");
      this.clearError(input.parentElement);
      const column = this.column(input);
      if (column?.kind === "product") {
        delete input.dataset.value;
        input.item = null;
        delete input.closest("tr").extra[`${column.key}_label`];
        suggest.ask(this, input);
        return;
      }
      this.changed();
    }
    onChange(event) { if (event.target.matches("td > select")) { this.clearError(event.target.parentElement); this.changed(); } }
    leave(input) {
      const column = this.column(input);
      if (!column) return;
      if (NUMERIC.has(column.kind) && input.value) input.value = cleanNumber(input.value);
      if (column.kind === "date" && input.value) input.value = cleanDate(input.value);
      if (column.kind === "product" && input.value && !input.dataset.value) this.resolve([input]);
      if (suggest.owner === input) setTimeout(() => suggest.close(input), 150);
      this.write();
    }
    onKey(event) {
      const input = event.target;
      if (!input.matches("td > :is(input, select)") || event.isComposing) return;
      if (suggest.key(event, input)) return;
      const row = input.closest("tr");
      const key = input.parentElement.dataset.key;
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        const all = this.inputs(row);
        const next = row.nextElementSibling || (this.fixed ? null : this.append());
        if (event.shiftKey) { if (row.previousElementSibling) this.focus(row.previousElementSibling, key); }
        else if (next) this.focus(next, all.indexOf(input) === 0 && this.isEmpty(next) ? 0 : this.fixed ? key : 0);
        this.changed();
      } else if (event.key === "Tab" && !event.shiftKey && !this.fixed && input === this.inputs(row).at(-1) && !row.nextElementSibling && !this.isEmpty(row)) {
        event.preventDefault();
        this.focus(this.append(), 0);
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && input.tagName === "INPUT") {
        const other = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
        if (other) { event.preventDefault(); this.focus(other, key); }
      } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d" && !this.fixed) {
        event.preventDefault();
        this.duplicate(row);
      } else if ((event.ctrlKey || event.metaKey) && event.key === "Delete" && !this.fixed) {
        event.preventDefault();
        this.remove(row);
      }
    }

    /* ---- paste from a spreadsheet ---- */
    onPaste(event) {
      const input = event.target;
      if (!input.matches("td > :is(input, select)")) return;
      const raw = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
      if (!raw.includes("\t") && !raw.includes("\n")) return;
      event.preventDefault();
      const table = raw.split("\n").map((line) => line.split("\t"));
      const editable = this.columns.filter(EDITABLE);
      let columns = editable.slice(editable.findIndex((column) => column.key === input.parentElement.dataset.key));
      const named = table[0].map((name) => editable.find((column) => column.label === name.trim() || column.key === name.trim().toLowerCase()));
      if (named.filter(Boolean).length >= 2) { columns = named; table.shift(); }
      let row = input.closest("tr");
      const products = [];
      for (const values of table) {
        if (!row) { if (this.fixed) break; row = this.append(); }
        values.forEach((value, at) => {
          const column = columns[at];
          if (!column) return;
          const cell = this.input(row, column.key);
          cell.value = NUMERIC.has(column.kind) ? cleanNumber(value) : column.kind === "date" ? cleanDate(value) : this.choice(column, value.trim());
          cell.parentElement.classList.remove("gd-auto");
          this.clearError(cell.parentElement);
          if (column.kind === "product") { delete cell.dataset.value; if (cell.value) products.push(cell); }
        });
        row = row.nextElementSibling;
      }
      gendan.toast(text("pasted", { count: table.length }));
      suggest.close();
      this.resolve(products).then(() => this.changed());
    }
    choice(column, value) {
      if (column.kind !== "select") return value;
      return (column.options.find(([key, label]) => key === value || label === value) || [value])[0];
    }

    /* ---- products: exact codes or barcodes in one request, else the list to choose from ---- */
    async resolve(inputs) {
      const open = inputs.filter((input) => input.value.trim() && !input.dataset.value);
      for (let at = 0; at < open.length; at += 100) {
        const part = open.slice(at, at + 100);
        const url = new URL(this.lookup(), location.href);
        for (const code of new Set(part.map((input) => input.value.trim()))) url.searchParams.append("code", code);
        const data = await fetch(url, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).catch(() => null);
        if (!data) return;
        const byCode = new Map(data.items.map((item) => [String(item.asked ?? item.value).toLowerCase(), item]));
        for (const input of part) {
          const item = byCode.get(input.value.trim().toLowerCase());
          if (item) this.take(input, item);
          else if (document.contains(input) && !input.dataset.value) this.note(`${this.box.dataset.name}.${this.filled().indexOf(input.closest("tr"))}.${input.parentElement.dataset.key}`, text("not_found", { text: input.value.trim() }), "gd-cell-bad");
        }
      }
      this.changed();
    }
    lookup() {
      const url = new URL(this.box.dataset.lookup, location.href);
      const partner = this.form?.elements.supplier || this.form?.elements.partner;
      if (partner?.value) url.searchParams.set("supplier", partner.value);
      for (const name of this.form?.elements.customer ? ["customer", "currency"] : []) url.searchParams.set(name, this.form.elements[name]?.value || "");
      return url.href;
    }
    take(input, item, fill = true) {
      if (!item) return;
      input.item = item;
      input.dataset.value = item.value;
      input.value = item.label || item.value;
      input.title = [item.label, item.spec].filter(Boolean).join(" · ");
      input.closest("tr").extra[`${input.parentElement.dataset.key}_label`] = input.value;
      this.clearError(input.parentElement);
      if (fill) this.setAuto(input.closest("tr"), { ...(item.unit ? { unit: item.unit } : {}), ...(item.fill || {}) });
    }
  }

  gendan.mount("[data-grid]", (box) => { box.gendanGrid = new Grid(box); });
})();
