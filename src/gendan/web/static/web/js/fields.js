/* Forms: pickers, errors beside fields, drafts, leaving with changes, comments with mentions and files. */
(function () {
  "use strict";
  const { text, el, store } = gendan;

  /* Pick by code, name or pinyin; the server answers {"items": [{value, label, spec, facts: []}]}. */
  const option = (data, escape) => {
    const facts = (data.facts || []).map((fact) => escape(fact)).join(" · ");
    return `<div class="option"><b>${escape(data.label)}</b><span>${escape(data.spec || "")}</span>${facts ? `<small>${facts}</small>` : ""}</div>`;
  };
  const picker = (select) => {
    if (!window.TomSelect) { window.addEventListener("load", () => picker(select), { once: true }); setTimeout(() => window.TomSelect && !select.tomselect && picker(select), 400); return; }
    if (select.tomselect) return;
    let answered = null; // the term that the list answers
    let waiting = false; // Enter was pressed before the answer came
    const within = select.form?.elements[select.dataset.within]; // whose records these are; its value ends the address
    const control = new TomSelect(select, {
      valueField: "value", labelField: "label", searchField: [], sortField: [{ field: "$order" }], maxOptions: 30,
      placeholder: select.dataset.placeholder, preload: "focus", openOnFocus: true, hidePlaceholder: true, selectOnTab: true, allowEmptyOption: false,
      score: () => (item) => (control.inputValue() && control.items.includes(item.value) ? 0 : 1), // what is picked already is no answer to what is typed
      shouldLoad: () => true,
      load(term, done) {
        if (within && !within.value) return done();
        const url = new URL(select.dataset.picker.replace(/\/-$/, `/${encodeURIComponent(within?.value || "-")}`), location.href);
        url.searchParams.set("q", term);
        fetch(url, { headers: { Accept: "application/json" } })
          .then((answer) => answer.json())
          .then((data) => {
            if (term.trim() !== control.inputValue()) { delete control.loadedSearches[term]; return done(); } // typed on meanwhile
            control.clearOptions((kept) => control.items.includes(kept.value));
            done(data.items);
            answered = term.trim();
            if (waiting && data.items.length) control.addItem(data.items[0].value);
            waiting = false;
            return undefined;
          })
          .catch(() => { waiting = false; done(); });
      },
      render: {
        option,
        item: (data, escape) => `<div class="item" title="${escape(data.label)}">${escape(data.label)}</div>`,
        no_results: (data, escape) => `<div class="no-results">${escape(text("no_results"))}</div>`,
        loading: () => "",
      },
      onChange: (value) => {
        const data = control.options[value] || {};
        select.dispatchEvent(new CustomEvent("gendan:picked", { bubbles: true, detail: { value, item: data } }));
        clear.hidden = !value;
      },
    });
    control.wrapper.addEventListener("keydown", (event) => {
      const typed = control.inputValue();
      const early = Boolean(typed) && typed !== answered;
      if (early && (event.key === "Enter" || event.key === "Tab")) { event.preventDefault(); event.stopPropagation(); waiting = true; } else if (event.key !== "Shift") waiting = false;
    }, true);
    const clear = el("button", { type: "button", class: "gd-pick-clear", tabindex: "-1", "aria-label": text("close") }, gendan.icon("x"));
    clear.hidden = !control.getValue();
    clear.addEventListener("click", () => { control.clear(); control.focus(); });
    control.wrapper.append(clear);
    within?.addEventListener("gendan:picked", () => {
      control.clear();
      control.clearOptions();
      control.loadedSearches = {};
      control.wrapper.classList.remove("preloaded");
    });
  };
  gendan.mount("select[data-picker]", picker);

  /* Errors from the server: beside the field, summed up on top, focus on the first. */
  gendan.showErrors = (form, errors) => {
    for (const field of form.querySelectorAll("[data-field]")) mark(field, "");
    const inGrid = (name) => /^[\w-]+\.\d+(\.|$)/.test(name);
    const grids = [...form.querySelectorAll("[data-grid]")].map((grid) => grid.gendanGrid).filter(Boolean);
    const spot = (name) => form.querySelector(`[data-field="${CSS.escape(name)}"]`) || grids.map((grid) => grid.place(name)).find(Boolean);
    const order = new Map(Object.keys(errors).map((name) => [name, spot(name)]));
    /* as they stand on the page; what stands nowhere comes first, before the grids */
    const entries = Object.entries(errors).sort(([a], [b]) => {
      const [here, there] = [order.get(a), order.get(b)];
      if (!here || !there) return inGrid(a) - inGrid(b);
      return here === there ? 0 : here.compareDocumentPosition(there) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
    });
    for (const [name, message] of entries) {
      const field = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
      if (field) mark(field, message);
    }
    for (const grid of form.querySelectorAll("[data-grid]")) grid.gendanGrid?.showErrors(errors);
    const summary = form.querySelector("[data-errors]");
    if (summary) {
      summary.hidden = entries.length === 0;
      summary.querySelector("[data-errors-title]").textContent = text("errors", { count: entries.length });
      summary.querySelector("[data-errors-list]").replaceChildren(...entries.slice(0, 12).map(([name, message]) => {
        const place = /^[\w-]+\.(\d+)/.exec(name);
        const row = form.querySelector(`[data-field="${CSS.escape(name)}"]`)?.closest("[data-place]")?.dataset.place; // what the row is called
        const link = el("a", { href: `#field-${name}`, "data-error-for": name }, row ? `${row} ${message}` : place ? `#${Number(place[1]) + 1} ${message}` : message);
        return el("li", {}, link);
      }), ...(entries.length > 12 ? [el("li", {}, text("more_errors", { count: entries.length - 12 }))] : []));
      if (entries.length) summary.scrollIntoView({ block: "center" });
    }
    if (entries.length) focusOn(form, entries[0][0]);
    return Boolean(summary);
  };
  const mark = (field, message) => {
    const place = field.querySelector("[data-error]");
    if (place) place.textContent = message;
    for (const input of field.querySelectorAll("input, select, textarea")) {
      input.classList.toggle("is-invalid", Boolean(message));
      if (message) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
    }
  };
  /* The list of a picker that is focused for its error would cover what else is wrong: it opens when somebody types. */
  const keepFolded = (picker) => {
    const fold = () => picker.close(false);
    const off = () => { picker.off("dropdown_open", fold); for (const kind of ["keydown", "pointerdown"]) picker.wrapper.removeEventListener(kind, off, true); };
    picker.on("dropdown_open", fold);
    for (const kind of ["keydown", "pointerdown"]) picker.wrapper.addEventListener(kind, off, true);
  };
  const focusOn = (form, name) => {
    const field = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (field) {
      field.closest("details")?.setAttribute("open", "");
      const picker = field.querySelector("select.tomselected")?.tomselect;
      if (picker) keepFolded(picker);
      (picker || field.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
      return;
    }
    for (const grid of form.querySelectorAll("[data-grid]")) grid.gendanGrid?.focusError(name);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-for]");
    if (link) { event.preventDefault(); focusOn(link.closest("form") || document, link.dataset.errorFor); }
  });
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("[data-field]");
    if (field?.querySelector(".is-invalid")) mark(field, "");
  });
  gendan.mount("[data-errors]:not([hidden])", (summary) => {
    summary.scrollIntoView({ block: "center" });
    const first = summary.querySelector("[data-error-for]");
    if (first) focusOn(summary.closest("form") || document, first.dataset.errorFor); else summary.focus();
  });

  /* Nothing typed is lost: a draft per form in this browser, a question before leaving. */
  const values = (form) => {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (["_key", "csrfmiddlewaretoken", "version"].includes(name) || value instanceof File) continue;
      if (form.elements[name]?.type === "password") continue;
      found[name] = value;
    }
    return found;
  };
  const fill = (form, saved) => {
    for (const [name, value] of Object.entries(saved)) {
      if (form.querySelector(`[data-grid][data-name="${CSS.escape(name)}"]`)) continue;
      const input = form.elements[name];
      if (!input || input instanceof RadioNodeList && !input[0]) continue;
      if (input.type === "checkbox") input.checked = true;
      else if (input.tomselect) { input.tomselect.addOption({ value, label: saved[`${name}:label`] || value }); input.tomselect.setValue(value, true); }
      else if (input.dataset?.picker !== undefined) input.replaceChildren(el("option", { value, selected: true }, saved[`${name}:label`] || value));
      else input.value = value;
    }
    for (const grid of form.querySelectorAll("[data-grid]")) {
      const lines = saved[grid.dataset.name];
      if (lines) { if (grid.gendanGrid) grid.gendanGrid.load(JSON.parse(lines)); else grid.dataset.lines = lines; }
    }
  };
  gendan.mount("form[data-form]", (form) => {
    const draft = form.dataset.draft ? `draft:${form.dataset.draft}` : "";
    let start = null;
    const changed = () => start !== null && JSON.stringify(values(form)) !== start;
    const keep = gendan.debounce(() => {
      if (!draft || !changed() || form.gendanSent) return;
      const labels = {};
      for (const select of form.querySelectorAll("select[data-picker]")) if (select.tomselect?.getValue()) labels[`${select.name}:label`] = select.tomselect.options[select.value]?.label || select.value;
      store.set(draft, { at: Date.now(), values: { ...values(form), ...labels } });
    }, 600);
    const saved = draft && !form.querySelector("[data-errors]:not([hidden])") ? store.get(draft) : null;
    if (saved && Date.now() - saved.at < 14 * 864e5) {
      fill(form, saved.values);
      gendan.toast(text("draft"), { stay: true, label: text("discard_draft"), action: () => { store.drop(draft); form.gendanSent = true; location.reload(); } });
    } else if (draft) store.drop(draft);
    const begin = () => { if (start === null) start = saved ? "" : JSON.stringify(values(form)); };
    setTimeout(begin, 600);
    form.addEventListener("beforeinput", begin);
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.elt === form) form.gendanSent = true; });
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== form) return;
      const status = event.detail.xhr.status;
      if (status >= 200 && status < 400) { if (draft) store.drop(draft); } else { form.gendanSent = false; keep(); }
    });
    form.gendanChanged = changed;
  });
  window.addEventListener("beforeunload", (event) => {
    if (gendan.leaving) return;
    for (const form of document.querySelectorAll("form[data-form]")) {
      if (form.gendanChanged?.() && !form.gendanSent) { event.preventDefault(); event.returnValue = text("leave"); }
    }
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest?.("form[data-form], form[data-comment]");
      const button = form?.querySelector(".btn-primary:not([type=button])");
      if (button) { event.preventDefault(); form.requestSubmit(button); }
    }
  });

  /* Timeline: filter by kind, files by choosing, pasting and dropping, people by @. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-timeline] [data-show]");
    if (!button) return;
    const box = button.closest("[data-timeline]");
    for (const each of box.querySelectorAll("[data-show]")) each.setAttribute("aria-pressed", String(each === button));
    for (const entry of box.querySelectorAll("[data-kind]")) entry.hidden = button.dataset.show !== "all" && entry.dataset.kind !== button.dataset.show;
  });
  const upload = async (url, files) => {
    for (const file of files) {
      const toast = gendan.toast(text("uploading", { name: file.name }), { stay: true });
      const body = new FormData();
      body.append("file", file, file.name);
      const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": gendan.csrf(), Accept: "application/json" } }).catch(() => null);
      toast.remove();
      if (!answer) gendan.problem(text("offline"));
      else if (!answer.ok) gendan.problem((await answer.json().catch(() => ({}))).message || text("offline"));
      else { gendan.leaving = true; location.reload(); }
    }
  };
  gendan.mount("[data-comment]", (form) => {
    const input = form.querySelector("[data-attach]");
    if (!input) return;
    input.addEventListener("change", () => upload(input.dataset.attach, input.files));
    form.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); upload(input.dataset.attach, event.clipboardData.files); } });
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("gd-drop"); });
    form.addEventListener("dragleave", () => form.classList.remove("gd-drop"));
    form.addEventListener("drop", (event) => { event.preventDefault(); form.classList.remove("gd-drop"); upload(input.dataset.attach, event.dataTransfer.files); });
  });
  gendan.mount("[data-mentions]", (area) => {
    let box = null;
    const close = () => { box?.remove(); box = null; };
    const pick = (item) => {
      const before = area.value.slice(0, area.selectionStart).replace(/@[^\s@]*$/, `@${item.label} `);
      area.value = before + area.value.slice(area.selectionStart);
      area.focus();
      area.setSelectionRange(before.length, before.length);
      close();
    };
    const ask = gendan.debounce(async () => {
      const found = /@([^\s@]*)$/.exec(area.value.slice(0, area.selectionStart));
      if (!found) return close();
      const url = new URL(area.dataset.mentions, location.href);
      url.searchParams.set("q", found[1]);
      const data = await fetch(url, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).catch(() => ({ items: [] }));
      close();
      if (!data.items.length) return undefined;
      box = el("div", { class: "gd-suggest" }, ...data.items.slice(0, 8).map((item, at) => {
        const row = el("div", { class: "gd-suggest-item", "aria-selected": String(at === 0) }, el("b", {}, item.label), el("span", {}, item.spec || ""));
        row.addEventListener("mousedown", (event) => { event.preventDefault(); pick(item); });
        row.item = item;
        return row;
      }));
      area.parentElement.append(box);
      box.style.top = `${area.offsetTop + area.offsetHeight}px`;
      return undefined;
    }, 150);
    area.addEventListener("input", ask);
    area.addEventListener("blur", () => setTimeout(close, 150));
    area.addEventListener("keydown", (event) => {
      if (!box) return;
      const all = [...box.children];
      const at = all.findIndex((row) => row.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = (at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length;
        all.forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
      } else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); pick(all[at].item); } else if (event.key === "Escape") close();
    });
  });
})();
