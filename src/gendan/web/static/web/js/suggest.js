/* The list of products under a grid cell: arrows, Enter, Tab, Escape, mouse. */
(function () {
  "use strict";
  if (gendan.suggest) return;
  const { text, el } = gendan;
  gendan.suggest = {
    box: null, owner: null, grid: null, items: [], term: "",
    ask: gendan.debounce(async (grid, input) => {
      if (document.activeElement !== input) return;
      const term = input.value.trim();
      if (!term) { suggest.close(); return; }
      const url = new URL(grid.lookup());
      url.searchParams.set("q", term);
      const data = await fetch(url, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).catch(() => ({ items: [] }));
      if (document.activeElement !== input || input.value.trim() !== term) return;
      suggest.show(grid, input, data.items);
    }, 140),
    show(grid, input, items) {
      suggest.close();
      Object.assign(suggest, { owner: input, grid, items, term: input.value.trim() });
      suggest.box = el("div", { class: "gd-suggest", role: "listbox" }, ...items.map((item, at) => {
        const row = el("div", { class: "gd-suggest-item", role: "option", "aria-selected": String(at === 0) },
          el("b", {}, item.label || item.value), el("span", {}, item.spec || ""), el("small", {}, (item.facts || []).join(" · ")));
        row.addEventListener("mousedown", (event) => { event.preventDefault(); suggest.pick(at); });
        return row;
      }));
      if (!items.length) suggest.box.append(el("div", { class: "gd-suggest-none" }, text("no_results")));
      document.body.append(suggest.box);
      const at = input.getBoundingClientRect();
      suggest.box.style.left = `${Math.min(at.left, window.innerWidth - suggest.box.offsetWidth - 8) + window.scrollX}px`;
      const below = at.bottom + suggest.box.offsetHeight < window.innerHeight;
      suggest.box.style.top = `${(below ? at.bottom + 2 : at.top - suggest.box.offsetHeight - 2) + window.scrollY}px`;
    },
    pick(at) {
      const { grid, owner, items } = suggest;
      if (!items[at]) return;
      grid.take(owner, items[at]);
      suggest.close();
      grid.changed();
      const row = owner.closest("tr");
      const all = grid.inputs(row);
      all[all.indexOf(owner) + 1]?.focus();
    },
    close(owner) { if (owner && suggest.owner !== owner) return; suggest.box?.remove(); suggest.box = null; suggest.owner = null; suggest.items = []; },
    key(event, input) {
      if (!suggest.box || suggest.owner !== input) return false;
      // The list answers something typed earlier: Enter and Tab take what is typed now, not what the list offers.
      if ((event.key === "Enter" || event.key === "Tab") && suggest.term !== input.value.trim()) { suggest.close(); return false; }
      const rows = [...suggest.box.querySelectorAll(".gd-suggest-item")];
      const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = Math.max(0, Math.min(rows.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
        rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
        rows[next]?.scrollIntoView({ block: "nearest" });
        return true;
      }
      if ((event.key === "Enter" || event.key === "Tab") && at >= 0) { event.preventDefault(); suggest.pick(at); return true; }
      if (event.key === "Escape") { suggest.close(); return true; }
      return false;
    },
  };
  const suggest = gendan.suggest;
})();
