/* The page of a flow: drawing, keyboard, mouse, saving, checking, trying. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  const { el, icon } = gendan;
  const TYPES = ["approve", "inform", "branch", "stage", "wait", "webhook", "set"];

  gendan.mount("[data-flow-designer]", (root) => {
    const data = JSON.parse(document.getElementById("flow-data").textContent);
    flow.useTexts(data.texts);
    flow.hoursOfDay(data.hours);
    const t = flow.text;
    const part = (name) => root.querySelector(`[data-${name}]`);
    const room = part("room"), canvas = part("canvas"), tree = part("tree"), saved = part("saved");
    const state = { definition: data.definition, data, may: data.may, findings: {}, selected: null, lit: null, stops: [], byName: Object.fromEntries(data.fields.map((field) => [field.name, field])) };
    const history = flow.tree.history(state.definition);
    let focus = "", zoom = 1;
    flow.panel.use(part("panel"));

    /* Drawing, with the focus kept where it was. */
    const draw = () => {
      const had = tree.contains(document.activeElement);
      flow.draw(tree, state);
      const stop = state.stops.find((each) => each.key === focus) || state.stops[0];
      stop.el.tabIndex = 0;
      if (had) stop.el.focus({ preventScroll: true });
      buttons();
    };
    const go = (stop) => {
      if (!stop) return;
      for (const each of state.stops) each.el.tabIndex = -1;
      stop.el.tabIndex = 0;
      if (stop.key !== undefined) focus = stop.key;
      stop.el.focus({ preventScroll: true });
      stop.el.scrollIntoView({ block: "nearest", inline: "nearest" });
    };
    const goTo = (key) => go(state.stops.find((each) => each.key === key));
    const buttons = () => {
      for (const [name, can] of [["undo", history.canUndo], ["redo", history.canRedo]]) { const button = part(name); if (button) button.disabled = !can; }
    };

    const acts = {
      change(what = "") {
        if (!history.push(state.definition, what && `${state.selected} ${what}`)) return;
        state.lit = null;
        draw();
        keeper.soon();
      },
      remove(key) {
        const stop = state.stops.find((each) => each.key === key);
        const before = stop?.prev?.key ?? "";
        flow.tree.remove(state.definition, key);
        if (state.selected === key) close();
        focus = before;
        acts.change();
        goTo(before);
        gendan.toast(t("deleted"), { label: t("undo"), action: () => step("undo") });
      },
      duplicate(key) {
        const copy = flow.tree.duplicate(state.definition, key);
        if (copy) { focus = copy; acts.change(); open(copy); goTo(copy); }
      },
      rename(name) { data.name = name; part("name").textContent = name; keeper.soon(); },
      shift(key, by) { if (flow.tree.shift(state.definition, key, by)) { acts.change(); goTo(key); } },
    };

    const load = (definition) => {
      state.definition = definition;
      if (state.selected && !flow.tree.find(definition, state.selected)) close(); else if (state.selected !== null) open(state.selected);
      draw();
    };
    const step = (way) => {
      if (way === "undo" ? !history.canUndo : !history.canRedo) return;
      load(history[way]());
      keeper.soon();
    };

    const open = (key) => {
      state.selected = key;
      state.lit = null;
      history.rest();
      draw();
      flow.panel.show(state, key, acts);
      if (innerWidth < 768) state.stops.find((each) => each.key === key)?.el.scrollIntoView({ block: "start", inline: "center" }); // above the panel
    };
    const close = () => {
      state.selected = null;
      state.lit = null;
      flow.panel.hide();
      draw();
    };

    /* «+»: what can come here. */
    let menu = null;
    const shut = () => { menu?.remove(); menu = null; for (const each of tree.querySelectorAll("[aria-expanded]")) each.removeAttribute("aria-expanded"); };
    const make = (type, taken) => {
      const node = { key: flow.tree.newKey(taken, type), type, name: "" };
      if (type === "branch") {
        node.branches = [{ key: flow.tree.newKey(taken, "way"), name: "", when: "", nodes: [] }, { key: flow.tree.newKey(taken, "way"), name: "", nodes: [] }];
      }
      if (["approve", "stage", "inform"].includes(type)) node.assignees = [];
      if (type === "wait") node.hours = data.hours;
      return node;
    };
    const add = (owner, at, type) => {
      const node = make(type, flow.tree.keys(state.definition));
      flow.tree.insert(state.definition, owner, at, node);
      focus = type === "branch" ? node.branches[0].key : node.key;
      acts.change();
      open(focus);
      goTo(focus);
    };
    const offer = (anchor, owner, at) => {
      shut();
      anchor.setAttribute("aria-expanded", "true");
      menu = el("div", { class: "fl-menu", role: "menu" }, ...TYPES.map((type) => {
        const item = el("button", { type: "button", role: "menuitem", "data-type": type }, el("span", { class: `fl-card-icon fl-${type === "branch" ? "way" : type}` }, icon(flow.words.ICONS[type])), t(`type ${type}`));
        item.addEventListener("click", () => { shut(); add(owner, at, type); });
        return item;
      }));
      document.body.append(menu);
      const box = anchor.getBoundingClientRect(), size = menu.getBoundingClientRect();
      menu.style.left = `${Math.max(12, Math.min(box.right + 10, innerWidth - size.width - 12))}px`;
      menu.style.top = `${Math.max(12, Math.min(box.top + box.height / 2 - 28, innerHeight - size.height - 12))}px`;
      menu.firstChild.focus();
      menu.addEventListener("keydown", (event) => {
        const all = [...menu.children], by = { ArrowDown: 2, ArrowUp: -2, ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (by) { all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus(); event.preventDefault(); }
        if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); shut(); goTo(focus); }
        event.stopPropagation();
      });
    };
    /* Where «+» adds when a card has the focus: right behind it. */
    const behind = (stop) => {
      if (stop.after) { const place = flow.tree.find(state.definition, stop.after); return [place.inside?.key || "", place.at + 1]; }
      if (!stop.key) return ["", 0];
      const place = flow.tree.find(state.definition, stop.key);
      return place.branch ? [stop.key, 0] : [place.inside?.key || "", place.at + 1];
    };
    const addWay = (split) => {
      const key = flow.tree.addBranch(state.definition, split, "");
      if (key) { focus = key; acts.change(); open(key); goTo(key); }
    };

    document.addEventListener("pointerdown", (event) => { if (menu && !menu.contains(event.target)) shut(); });
    tree.addEventListener("click", (event) => {
      const plus = event.target.closest("[data-plus]"), way = event.target.closest("[data-add-way]"), card = event.target.closest("[data-key]");
      if (flow.dragged()) return;
      if (plus) { const gap = plus.closest(".fl-gap"); offer(plus, gap.dataset.owner, Number(gap.dataset.at)); } else if (way) { if (state.may) addWay(way.dataset.addWay); } else if (card) { focus = card.dataset.key; open(focus); }
    });

    const MOVES = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 };
    /* A card one place on: past its neighbour, into a branch and out of it, to the branch beside. */
    const nudge = (stop, key) => {
      const place = flow.tree.find(state.definition, stop.key);
      if (place?.branch && (key === "ArrowLeft" || key === "ArrowRight")) acts.shift(stop.key, MOVES[key]);
      const target = place?.node ? flow.tree.beside(state.definition, place, key) : null;
      if (!target || !flow.tree.move(state.definition, stop.key, ...target)) return;
      acts.change();
      goTo(stop.key);
    };
    tree.addEventListener("keydown", (event) => {
      const stop = event.target.flStop;
      if (!stop) return;
      const control = event.ctrlKey || event.metaKey;
      if (event.key in MOVES && event.altKey && state.may && stop.key) { nudge(stop, event.key); event.preventDefault(); } else if (event.key in MOVES && !control) { go(flow.neighbour(stop, event.key)); event.preventDefault(); } else if (event.key === "Home") { go(state.stops[0]); event.preventDefault(); } else if (event.key === "Enter" && stop.key !== undefined) {
        event.preventDefault();
        open(stop.key);
        part("panel").querySelector(".fl-panel-body :is(input, select, textarea)")?.focus();
      } else if (state.may && (event.key === "Delete" || event.key === "Backspace") && stop.key) { event.preventDefault(); acts.remove(stop.key); } else if (state.may && (event.key === "+" || event.key === "=")) {
        event.preventDefault();
        if (stop.split) addWay(stop.split); else offer(stop.el, ...behind(stop));
      } else if (state.may && control && event.key.toLowerCase() === "d" && stop.key) { event.preventDefault(); acts.duplicate(stop.key); }
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && flow.panel.open) { close(); goTo(focus); event.preventDefault(); }
      if (!(event.ctrlKey || event.metaKey) || gendan.isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === "z" || key === "y") { event.preventDefault(); step(key === "y" || event.shiftKey ? "redo" : "undo"); }
    });

    /* Moving with the mouse, or by the handle with a finger. */
    flow.drag(room, {
      can: () => state.may,
      drop(key, owner, at) { if (flow.tree.move(state.definition, key, owner, at)) { focus = key; acts.change(); goTo(key); } },
      reorder(key, before) {
        const place = flow.tree.find(state.definition, key), to = flow.tree.find(state.definition, before);
        if (!place?.branch || place.list !== to?.list) return;
        const target = Math.min(to.at > place.at ? to.at : to.at, place.list.length - 2);
        acts.shift(key, target - place.at);
      },
    });

    const scale = (to) => {
      zoom = Math.min(1.4, Math.max(0.4, to));
      tree.style.zoom = zoom;
      part("zoom-now").textContent = `${Math.round(zoom * 100)}%`;
    };
    const by = { "zoom-out": () => scale(zoom - 0.1), "zoom-in": () => scale(zoom + 0.1), "zoom-now": () => scale(1), undo: () => step("undo"), redo: () => step("redo"), findings: () => checking.show(), try: () => trying.show(), publish: () => keeper.publish() };
    for (const [name, fn] of Object.entries(by)) part(name)?.addEventListener("click", fn);
    part("panel").addEventListener("click", (event) => { if (event.target.closest("[data-panel-close]")) { close(); goTo(focus); } });

    const page = { root, data, state, draw, go: goTo, open, load, history, part, saved, text: t, published: () => {} };
    const keeper = flow.keeper(page);
    const checking = flow.checking(page);
    const trying = flow.trying(page);
    page.found = checking.take;
    checking.take(data.findings);
    draw();
    canvas.scrollLeft = (canvas.scrollWidth - canvas.clientWidth) / 2;
    root.dataset.ready = "";
  });
})();
