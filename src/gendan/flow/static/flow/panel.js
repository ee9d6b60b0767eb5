/* The panel beside the drawing: what a card says, to be changed. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  const { el, icon } = gendan;
  const t = (key, values) => flow.text(key, values);

  const mode = (node, change) => {
    const { choices, input } = flow.fields;
    const need = input(Math.max(2, node.need || 0), (text) => { const n = parseInt(text, 10); if (n > 0) { node.need = Math.min(n, 100); node.mode = "some"; need.closest("label").querySelector("input[type=radio]").checked = true; change("need"); } }, { type: "number", least: 1, label: t("need") });
    return choices(t("mode"), [
      ["one", t("mode one"), t("mode one help")], ["all", t("mode all"), t("mode all help")],
      ["some", t("mode some short"), t("mode some help"), el("span", { class: "fl-inline" }, need)], ["sequence", t("mode sequence"), t("mode sequence help")],
    ], node.mode || "one", (code) => {
      node.mode = code;
      if (code === "some") { node.need = Math.max(2, node.need || 0); need.value = node.need; }
      change();
    });
  };

  const deadline = (data, node, change) => {
    const { part, input, select, check } = flow.fields;
    const box = part("");
    const rest = el("div", { class: "fl-inline" });
    const draw = () => {
      rest.hidden = !node.deadline;
      if (!node.deadline) return;
      rest.replaceChildren(
        input(node.deadline.hours, (text) => { const n = Number(text); if (n > 0) { node.deadline.hours = Math.min(n, 2000); change("hours"); } }, { type: "number", least: 1, label: t("hours_label") }), t("hours_label"),
        select(["remind", "escalate", "pass", "send_back"].map((code) => [code, t(`then ${code}`)]), node.deadline.then, (code) => { node.deadline.then = code; change(); }, t("then")),
        el("div", { class: "gd-help" }, t("hours_help", { n: data.hours })));
    };
    box.append(check(t("deadline"), Boolean(node.deadline), (on) => {
      if (on) node.deadline = { hours: data.hours * 2, then: "escalate" }; else delete node.deadline;
      change();
      draw();
    }), rest);
    draw();
    return box;
  };

  const editors = {
    approve(data, node, change) {
      return [
        flow.fields.people(data, t("who"), node.assignees = node.assignees || [], () => change()),
        mode(node, change),
        deadline(data, node, change),
        flow.fields.people(data, t("fallback"), node.fallback = node.fallback || [], () => change(), t("fallback_help")),
      ];
    },
    inform: (data, node, change) => [flow.fields.people(data, t("inform_who"), node.assignees = node.assignees || [], () => change())],
    wait(data, node, change) {
      const { choices, input, select } = flow.fields;
      const hours = input(node.hours ?? "", (text) => { const n = Number(text); if (n > 0) { node.hours = Math.min(n, 2000); delete node.until; change("hours"); } }, { type: "number", least: 1, label: t("hours_label") });
      const until = select([["", t("choose")], ...data.fields.filter((field) => field.type === "date").map((field) => [field.name, field.label])], node.until, (name) => { if (name) { node.until = name; delete node.hours; change(); } }, t("until"));
      return [choices(t("wait"), [["hours", t("wait for"), "", el("span", { class: "fl-inline" }, hours, t("hours_label"))], ["until", t("wait until"), "", el("span", { class: "fl-inline" }, until)]], node.until ? "until" : "hours", (code) => {
        if (code === "until") { delete node.hours; node.until = until.value || until.options[1]?.value || ""; until.value = node.until; } else { delete node.until; node.hours = Number(hours.value) || data.hours; hours.value = node.hours; }
        change();
      })];
    },
    webhook: (data, node, change) => [
      flow.fields.named(t("url"), node.url, (text) => { node.url = text.trim(); change("url"); }, { type: "url", placeholder: "https://", max: 500, help: t("url_help") }),
      flow.fields.people(data, t("webhook_fallback"), node.fallback = node.fallback || [], () => change(), t("fallback_help")),
    ],
    set(data, node, change) {
      const { part, select, input } = flow.fields;
      if (!data.settable.length) return [el("p", { class: "gd-help" }, t("nothing_settable"))];
      const to = input(node.value, (text) => { node.value = text; change("value"); }, { label: t("value"), max: 1000, class: node.expression ? "fl-code" : "" });
      return [part(t("set_field"), select([["", t("choose")], ...data.settable.map((each) => [each.name, each.label])], node.field, (name) => { node.field = name; change(); flow.panel.again(); }, t("set_field"))), part(t("set_value"), to, flow.fields.check(t("set_expression"), Boolean(node.expression), (on) => { node.expression = on; change(); flow.panel.again(); }))];
    },
  };
  editors.stage = editors.approve;

  /* What may be changed after the submission without asking again. */
  const judged = (data, definition, change) => {
    const { part, input, check } = flow.fields;
    const list = definition.judged;
    const box = part(t("judged"));
    for (const field of data.judgeable) {
      const held = () => list.find((each) => each.fact === field.name);
      const percent = input(held()?.percent || "", (text) => { const one = held(); if (one) { one.percent = Math.min(1000, Number(text) || 0); change(`percent ${field.name}`); } }, { type: "number", least: 0, label: t("percent", { field: field.label }) });
      const more = el("span", { class: "fl-inline fl-percent" }, t("percent_short"), percent, "%");
      more.hidden = !held() || field.type !== "number";
      box.append(check(field.label, Boolean(held()), (on) => {
        if (on) list.push({ fact: field.name }); else list.splice(list.indexOf(held()), 1);
        more.hidden = !on || field.type !== "number";
        change();
      }), more);
    }
    box.append(el("div", { class: "gd-help" }, t("judged_help")));
    return box;
  };

  const whole = (data, definition, acts) => {
    const { change } = acts;
    const { check, named, people, select, part } = flow.fields;
    return [
      named(t("flow_name"), data.name, (text) => { if (text.trim()) acts.rename(text.trim()); }, { max: 80 }),
      judged(data, definition, change),
      part(t("own"), select(["superior", "skip", "allow"].map((code) => [code, t(`own ${code}`)]), definition.own, (code) => { definition.own = code; change(); }, t("own")),
        check(t("skip_repeated"), Boolean(definition.skip_repeated), (on) => { definition.skip_repeated = on; change(); })),
      named(t("split_days"), definition.split_days, (text) => { const n = parseInt(text, 10); if (n >= 0 && n <= 90) { definition.split_days = n; change("split_days"); } }, { type: "number", least: 0 }),
      people(data, t("whole_fallback"), definition.fallback, () => change(), t("whole_fallback_help")),
    ];
  };

  const own = (findings) => (findings || []).map((each) => el("div", { class: `fl-own ${each.level === "error" ? "" : "is-warning"}` }, el("p", {}, each.text)));

  let box = null, again = () => {};
  const frame = (title, body, foot, tone) => {
    const close = el("button", { type: "button", class: "gd-tool", "data-panel-close": true, "aria-label": t("close") }, icon("x"));
    box.replaceChildren(...[
      el("div", { class: "fl-panel-head" }, tone ? el("span", { class: `fl-card-icon fl-${tone}` }, icon(flow.words.ICONS[tone] || "git-branch")) : null, el("h2", {}, title), close),
      el("div", { class: "fl-panel-body" }, ...body.filter(Boolean)), foot].filter(Boolean));
    box.hidden = false;
  };

  const button = (label, picture, fn, kind = "") => {
    const made = el("button", { type: "button", class: `btn ${kind}` }, icon(picture), el("span", {}, label));
    made.addEventListener("click", fn);
    return made;
  };

  flow.panel = {
    use(element) { box = element; },
    get open() { return Boolean(box && !box.hidden); },
    again() { again(); },
    hide() { if (box) { box.hidden = true; box.replaceChildren(); } again = () => {}; },
    frame,
    /* state: {definition, data, findings, may}; acts: {change, duplicate, remove, shift} */
    show(state, key, acts) {
      const { data, definition } = state;
      again = () => flow.panel.show(state, key, acts);
      if (!key) {
        frame(t("type start"), [...own(state.findings[""]), el("p", {}, data.starters_long), ...whole(data, definition, acts)], null, "start");
        return lock(state);
      }
      const place = flow.tree.find(definition, key);
      if (!place) return flow.panel.hide();
      const { node, branch } = place;
      const foot = state.may ? el("div", { class: "fl-panel-foot" }, button(t("duplicate"), "copy", () => acts.duplicate(key)), button(t("delete"), "trash", () => acts.remove(key), "btn-danger")) : null;
      const name = (thing, fallback) => flow.fields.named(t("name"), thing.name, (text) => { thing.name = text; acts.change("name"); }, { max: 40, placeholder: fallback });
      if (branch) {
        const last = place.at === place.list.length - 1;
        const moves = last || !state.may ? null : el("div", { class: "fl-part" }, button(t("earlier"), "arrow-left", () => acts.shift(key, -1)), " ", button(t("later"), "arrow-right", () => acts.shift(key, 1)));
        frame(branch.name || t("way_n", { n: place.at + 1 }), [...own(state.findings[key]), name(branch, last ? t("otherwise_name") : t("way_n", { n: place.at + 1 })),
          last ? el("p", { class: "gd-help" }, t("otherwise_help")) : flow.fields.condition(data, branch.when || "", (when) => { branch.when = when; acts.change("when"); }), moves], foot, "way");
      } else {
        frame(flow.words.nameOf(node), [...own(state.findings[key]), name(node, t(`type ${node.type}`)), ...(editors[node.type]?.(data, node, acts.change) || [])], foot, node.type);
      }
      return lock(state);
    },
  };

  const lock = (state) => {
    if (!state.may) for (const control of box.querySelectorAll(".fl-panel-body :is(input, select, textarea, button)")) control.disabled = true;
  };
})();
