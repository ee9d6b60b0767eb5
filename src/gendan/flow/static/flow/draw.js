/* The drawing: cards on a line, branches side by side. It knows the stops that the arrows go between. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  const { el, icon } = gendan;

  const badge = (findings) => {
    if (!findings?.length) return null;
    const level = findings.some((each) => each.level === "error") ? "error" : "warning";
    const mark = el("span", { class: `fl-badge fl-badge-${level}`, title: findings.map((each) => each.text).join("\n") }, icon("alert-circle"));
    mark.append(el("span", { class: "fl-hidden" }, findings.map((each) => each.text).join("\n")));
    return mark;
  };

  const marks = (view, key) => {
    const classes = [];
    if (view.selected === key) classes.push("is-open");
    if (view.findings[key]?.length) classes.push(view.findings[key].some((each) => each.level === "error") ? "is-wrong" : "is-doubtful");
    if (view.lit) classes.push(view.lit[key] ? "is-lit" : "is-dim");
    if (view.changed?.[key]) classes.push(`is-${view.changed[key]}`);
    return classes.join(" ");
  };

  /* The way that was taken, also across the bars above and below branches: from their middle to the branch. */
  const connect = (root) => {
    for (const lanes of root.querySelectorAll(".fl-lanes")) {
      const lit = lanes.querySelector(":scope > .is-lit-lane");
      if (!lit) continue;
      const middle = lanes.offsetWidth / 2, at = lit.offsetLeft + lit.offsetWidth / 2;
      for (const edge of ["top", "bottom"]) {
        const line = el("i", { class: `fl-lit-line is-${edge}`, "aria-hidden": "true" });
        line.style.left = `${Math.min(middle, at) - 1}px`;
        line.style.width = `${Math.abs(middle - at) + 2}px`;
        lanes.append(line);
      }
    }
  };

  const card = (view, node) => {
    const { words, text } = flow;
    const said = words.body(node, view.data);
    const lit = view.lit?.[node.key];
    const button = el("button", { type: "button", class: `fl-card fl-${node.type} ${marks(view, node.key)}`, "data-key": node.key, tabindex: "-1" },
      el("span", { class: "fl-card-head" }, el("span", { class: "fl-card-icon" }, icon(words.ICONS[node.type] || "dots")), el("b", {}, words.nameOf(node)), badge(view.findings[node.key])),
      el("span", { class: said ? "fl-card-body" : "fl-card-body fl-empty" }, said || text(`empty ${node.type}`)));
    const notes = words.notes(node);
    if (notes.length) button.append(el("span", { class: "fl-card-notes" }, ...notes.map((note) => el("i", {}, note))));
    if (lit?.people?.length) button.append(el("span", { class: "fl-card-people" }, icon("user"), lit.people.join(flow.text("comma"))));
    else if (lit?.note) button.append(el("span", { class: "fl-card-people" }, icon("check"), lit.note));
    if (view.may) button.append(el("span", { class: "fl-grip", "data-grip": node.key, title: text("drag"), "aria-hidden": "true" }, icon("grip-vertical")));
    return button;
  };

  const way = (view, branch, at, count) => {
    const { text, conditions } = flow;
    const last = at === count - 1;
    const said = last ? text("otherwise") : conditions.words(branch.when, view.byName);
    return el("button", { type: "button", class: `fl-card fl-way ${marks(view, branch.key)}`, "data-key": branch.key, "data-way": true, tabindex: "-1" },
      el("span", { class: "fl-card-head" }, el("b", {}, branch.name || (last ? text("otherwise_name") : text("way_n", { n: at + 1 }))),
        el("small", {}, last ? text("last") : text("priority", { n: at + 1 })), badge(view.findings[branch.key])),
      el("span", { class: said ? "fl-card-body" : "fl-card-body fl-empty" }, said || text("empty way")),
      view.may && !last ? el("span", { class: "fl-grip", "data-grip": branch.key, "aria-hidden": "true", title: text("drag") }, icon("grip-vertical")) : null);
  };

  const plus = (view, owner, at, isStop) => {
    const gap = el("div", { class: "fl-gap", "data-owner": owner, "data-at": at });
    if (!view.may) return { gap };
    const button = el("button", { type: "button", class: "fl-plus", "data-plus": "", tabindex: "-1", "aria-label": flow.text("add_here"), title: flow.text("add_here") }, icon("plus"));
    gap.append(button);
    return { gap, button: isStop ? button : null };
  };

  /* Draws a list of nodes into box; gives the first and the last stop of it. */
  const sequence = (view, box, nodes, owner, lane) => {
    let first = null, tails = []; // after a split every branch leads on to what comes next
    const stop = (element, extra = {}) => {
      const each = { el: element, lane, prev: tails[0] || null, next: null, ...extra };
      element.flStop = each;
      for (const tail of tails) tail.next = each;
      first = first || each;
      tails = [each];
      view.stops.push(each);
      return each;
    };
    nodes.forEach((node, at) => {
      if (node.type !== "branch") {
        const element = card(view, node);
        box.append(el("div", { class: "fl-item" }, element));
        stop(element, { key: node.key });
        box.append(plus(view, owner, at + 1).gap);
        return;
      }
      const split = el("div", { class: `fl-split ${marks(view, node.key)}`, "data-split": node.key });
      const add = el("button", { type: "button", class: "fl-add-way", "data-add-way": node.key, tabindex: "-1" }, view.may ? flow.text("add_way") : flow.words.nameOf(node), badge(view.findings[node.key]));
      const lanes = el("div", { class: "fl-lanes" });
      split.append(add, lanes);
      box.append(el("div", { class: "fl-item" }, split));
      const top = stop(add, { split: node.key });
      const lines = node.branches.map((branch, index) => {
        const column = el("div", { class: `fl-lane ${view.lit?.[branch.key] ? "is-lit-lane" : ""}` });
        lanes.append(column);
        const head = way(view, branch, index, node.branches.length);
        const here = { split: node.key, index, siblings: [] };
        const begin = { el: head, lane: here, outer: lane, prev: top, next: null, key: branch.key, way: true };
        head.flStop = begin;
        view.stops.push(begin);
        column.append(el("div", { class: "fl-item" }, head), plus(view, branch.key, 0).gap);
        const inner = sequence(view, column, branch.nodes, branch.key, here);
        if (inner.first) { begin.next = inner.first; inner.first.prev = begin; }
        here.outer = lane;
        return { begin, tails: inner.tails.length ? inner.tails : [begin], here };
      });
      for (const line of lines) line.here.siblings = lines;
      top.next = lines[0]?.begin || null;
      tails = lines.flatMap((line) => line.tails);
      const after = plus(view, owner, at + 1, true);
      box.append(after.gap);
      if (after.button) stop(after.button, { after: node.key });
    });
    return { first, tails };
  };

  /* view: {definition, data, byName, findings, selected, lit, changed, may, stops} */
  flow.draw = (tree, view) => {
    view.stops = [];
    const list = el("div", { class: `fl-list ${view.lit ? "is-lit" : ""}` });
    const start = el("button", { type: "button", class: `fl-card fl-start ${marks(view, "")}`, "data-key": "", tabindex: "-1" },
      el("span", { class: "fl-card-head" }, el("span", { class: "fl-card-icon" }, icon("send")), el("b", {}, flow.text("type start")), badge(view.findings[""])),
      el("span", { class: "fl-card-body" }, view.data.starters));
    list.append(el("div", { class: "fl-item" }, start), plus(view, "", 0).gap);
    const begin = { el: start, lane: null, prev: null, next: null, key: "" };
    start.flStop = begin;
    view.stops.push(begin);
    const { first } = sequence(view, list, view.definition.nodes, "", null);
    if (first) { begin.next = first; first.prev = begin; }
    list.append(el("div", { class: "fl-end" }, flow.text("end")));
    tree.replaceChildren(list);
    if (view.lit) connect(tree);
  };

  const middle = (element) => { const box = element.getBoundingClientRect(); return box.top + box.height / 2; };

  /* Where an arrow leads from a stop. */
  flow.neighbour = (stop, key) => {
    if (key === "ArrowDown") return stop.next;
    if (key === "ArrowUp") return stop.prev;
    let lane = stop.lane;
    const by = key === "ArrowRight" ? 1 : -1;
    if (stop.split && key === "ArrowRight") return stop.next;
    while (lane) {
      const other = lane.siblings[lane.index + by];
      if (other) {
        const at = middle(stop.el);
        const beyond = other.tails[0].next;
        let best = other.begin;
        for (let each = other.begin; each && each !== beyond; each = each.next) if (Math.abs(middle(each.el) - at) < Math.abs(middle(best.el) - at)) best = each;
        return best;
      }
      lane = lane.outer;
    }
    return null;
  };
})();
