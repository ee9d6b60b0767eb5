/* The pieces of the panel's forms: people, conditions, choices. Each calls change() with what it has. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  const { el, icon } = gendan;
  const t = (key, values) => flow.text(key, values);
  let serial = 0;

  const part = (label, ...children) => el("div", { class: "fl-part" }, label ? el("span", { class: "form-label" }, label) : null, ...children);
  const select = (options, value, change, label) => {
    const box = el("select", { class: "form-select", "aria-label": label }, ...options.map(([code, name]) => el("option", { value: code, selected: String(code) === String(value ?? "") }, name)));
    box.addEventListener("change", () => change(box.value));
    return box;
  };
  const input = (value, change, options = {}) => {
    const box = el(options.area ? "textarea" : "input", { class: `form-control ${options.class || ""}`, type: options.area ? false : options.type || "text", placeholder: options.placeholder, "aria-label": options.label, maxlength: options.max || 200, min: options.least, step: options.step, rows: options.area, inputmode: options.mode, id: options.id });
    box.value = value ?? "";
    box.addEventListener("input", () => change(box.value));
    return box;
  };
  const named = (label, value, change, options = {}) => {
    const id = `fl-field-${serial += 1}`;
    return el("div", { class: "fl-part" }, el("label", { class: "form-label", for: id }, label), input(value, change, { ...options, id }), options.help ? el("div", { class: "gd-help" }, options.help) : null);
  };
  const choices = (label, options, value, change) => {
    const name = `fl-choice-${serial += 1}`;
    return el("fieldset", { class: "fl-part" }, el("legend", { class: "form-label" }, label), ...options.map(([code, text, help, more]) => {
      const radio = el("input", { type: "radio", name, value: code, class: "form-check-input", checked: code === value });
      radio.addEventListener("change", () => change(code));
      return el("label", { class: "fl-choice" }, radio, el("span", {}, text, more || null, help ? el("small", {}, help) : null));
    }));
  };
  const check = (label, on, change) => {
    const box = el("input", { type: "checkbox", class: "form-check-input", checked: on });
    box.addEventListener("change", () => change(box.checked));
    return el("label", { class: "fl-choice" }, box, el("span", {}, label));
  };
  /* htmx tells every script of new elements; so do we, for the pickers. */
  const wake = (element) => element.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: element } }));

  /* Who: chosen ones as chips, below them what else can be added. */
  const people = (data, label, list, change, help) => {
    const box = part(label);
    const chips = el("div", { class: "fl-chips" });
    const row = el("div", { class: "fl-pair" });
    const draw = () => chips.replaceChildren(...list.map((one, at) => {
      const off = el("button", { type: "button", "aria-label": t("remove_x", { name: flow.words.who(one, data) }) }, icon("x"));
      off.addEventListener("click", () => { list.splice(at, 1); change(list); draw(); });
      const wrong = one.by === "role" && !data.roles.some(([code]) => code === one.value);
      return el("span", { class: `fl-chip ${wrong ? "is-wrong" : ""}` }, flow.words.who(one, data), off);
    }));
    const add = (by, value) => {
      if (!list.some((one) => one.by === by && String(one.value ?? "") === String(value ?? ""))) list.push(value === undefined ? { by } : { by, value });
      change(list);
      draw();
      kind("");
    };
    const choose = select([["", t("add_who")], ...data.kinds.map((by) => [by, t(`by ${by}`)])], "", (by) => kind(by, true), t("add_who"));
    const kind = (by, focus) => {
      choose.value = by;
      row.replaceChildren(choose);
      if (["buyer", "submitter", "head"].includes(by)) return add(by);
      let control = null;
      if (by === "role") control = select([["", t("choose")], ...data.roles], "", (code) => code && add(by, code), t("by role"));
      if (by === "superior") control = select([["", t("choose")], ...[1, 2, 3, 4, 5].map((n) => [n, t(n === 1 ? "superior" : "superior_n", { n })])], "", (n) => n && add(by, n), t("by superior"));
      if (by === "expression") {
        control = el("div", {}, select([["", t("choose")], ...data.peopleFields], "", (name) => name && add(by, name), t("by expression")));
        const own = input("", () => {}, { placeholder: t("expression_hint"), label: t("by expression"), class: "fl-code" });
        const take = () => own.value.trim() && add(by, own.value.trim());
        own.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); take(); } });
        own.addEventListener("change", take);
        control = data.peopleFields.length ? el("div", {}, control.firstChild, own) : own;
      }
      if (by === "person") {
        const field = el("select", { "data-picker": data.urls.people, "data-placeholder": t("person_hint"), "aria-label": t("by person") });
        field.addEventListener("gendan:picked", (event) => {
          if (!event.detail.value) return;
          data.people[event.detail.value] = event.detail.item.label;
          add(by, event.detail.value);
        });
        row.append(el("div", {}, field));
        wake(row);
        if (focus) setTimeout(() => field.tomselect?.focus(), 60);
        return undefined;
      }
      if (control) { row.append(control); if (focus) (control.matches("select, input") ? control : control.querySelector("select, input")).focus(); }
      return undefined;
    };
    draw();
    kind("");
    box.append(chips, row);
    if (help) box.append(el("div", { class: "gd-help" }, help));
    return box;
  };

  /* Which comparisons a field knows. */
  const OPS = { number: [">", ">=", "<", "<=", "==", "!="], text: ["==", "!=", "in", "notin", "contains", "lacks"], date: [">=", "<=", ">", "<", "=="], flag: ["=="], texts: ["has", "hasnot"] };
  const value = (field, row, change) => {
    if (field?.type === "flag") return select([["true", t("yes")], ["false", t("no")]], row.value, change, t("value"));
    return input(row.value, change, { type: field?.type === "date" ? "date" : "text", mode: field?.type === "number" ? "decimal" : undefined, placeholder: ["in", "notin"].includes(row.op) ? t("many_hint") : t("value"), label: t("value") });
  };

  /* A condition: rows joined by «and», or by «or», or CEL by hand. */
  const condition = (data, when, change) => {
    const box = part(t("condition"));
    const byName = Object.fromEntries(data.fields.map((field) => [field.name, field]));
    const asForm = () => {
      const rows = flow.conditions.parse(when);
      if (!rows || rows.some((row) => !byName[row.field])) return byHand();
      if (!rows.length) rows.push({ field: data.fields[0]?.name, op: (OPS[data.fields[0]?.type] || OPS.text)[0], value: "" });
      const say = () => { when = flow.conditions.write(rows, byName); change(when); };
      const joint = () => select([["all", t("and_also")], ["any", t("or_else")]], rows.any ? "any" : "all", (how) => { rows.any = how === "any"; say(); draw(); inside.querySelector(".fl-cond-and select")?.focus(); }, t("joined"));
      const draw = () => {
        const parts = rows.flatMap((row, at) => {
          const field = byName[row.field];
          const off = el("button", { type: "button", class: "fl-row-off", "aria-label": t("remove_row") }, icon("x"));
          off.addEventListener("click", () => { rows.splice(at, 1); say(); draw(); });
          const names = select(data.fields.map((each) => [each.name, each.label]), row.field, (name) => {
            const ops = OPS[byName[name].type] || OPS.text;
            Object.assign(row, { field: name, op: ops.includes(row.op) ? row.op : ops[0], value: byName[name].type === "flag" ? "true" : "" });
            say();
            draw();
          }, t("field"));
          const ops = select((OPS[field.type] || OPS.text).map((op) => [op, t(`op ${op}`)]), row.op, (op) => { row.op = op; say(); draw(); }, t("comparison"));
          const pair = field.type === "flag" ? [names, value(field, row, (given) => { row.value = given; say(); })] : [names, ops];
          const rest = field.type === "flag" ? null : value(field, row, (given) => { row.value = given; say(); });
          return [at ? el("div", { class: "fl-cond-and" }, joint()) : null, el("div", { class: "fl-cond", "data-row": at }, el("div", { class: "fl-pair" }, ...pair, rest && el("div", { class: "fl-whole" }, rest)), rows.length > 1 ? off : el("span"))];
        });
        const more = el("button", { type: "button", class: "fl-link" }, icon("plus"), t("add_row"));
        more.addEventListener("click", () => { rows.push({ field: data.fields[0].name, op: (OPS[data.fields[0].type] || OPS.text)[0], value: "" }); draw(); inside.querySelector(`[data-row="${rows.length - 1}"] select`)?.focus(); });
        const hand = el("button", { type: "button", class: "fl-link" }, t("by_hand"));
        hand.addEventListener("click", byHand);
        inside.replaceChildren(...parts.filter(Boolean), el("div", { class: "fl-links" }, more, hand));
      };
      draw();
      return undefined;
    };
    const byHand = () => {
      const area = input(when, (text) => { when = text; change(text); }, { area: 4, class: "fl-code", label: t("cel"), max: 2000 });
      const back = el("button", { type: "button", class: "fl-link" }, t("by_form"));
      back.addEventListener("click", () => {
        const rows = flow.conditions.parse(when);
        if (rows && rows.every((row) => byName[row.field])) asForm(); else gendan.toast(t("not_a_form"));
      });
      const names = el("details", { class: "fl-names" }, el("summary", {}, t("fields_here")), ...data.fields.map((field) => el("div", {}, el("code", {}, field.name), ` ${field.label}`)));
      inside.replaceChildren(area, el("div", { class: "gd-help" }, t("cel_help")), names, el("div", { class: "fl-links" }, back));
    };
    const inside = el("div", {});
    box.append(inside);
    asForm();
    return box;
  };

  flow.fields = { part, select, input, named, choices, check, people, condition };
})();
