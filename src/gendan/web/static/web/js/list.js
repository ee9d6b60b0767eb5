/* Lists: rows open, keyboard, selection with the bulk bar, chosen columns. */
(function () {
  "use strict";
  const { text, el, store } = gendan;
  const rows = () => [...document.querySelectorAll(".gd-table tbody tr[data-href]")];

  const openRow = (row, apart) => {
    if (apart) window.open(row.dataset.href, "_blank"); else location.assign(row.dataset.href);
  };
  const rowOf = (event) => {
    const row = event.target.closest?.("tr[data-href]");
    return row && !event.target.closest("a, button, input, label, select, summary, .gd-check") ? row : null;
  };
  document.addEventListener("click", (event) => {
    const row = rowOf(event);
    if (row && !String(window.getSelection())) openRow(row, event.ctrlKey || event.metaKey);
  });
  document.addEventListener("auxclick", (event) => {
    const row = rowOf(event);
    if (row && event.button === 1) { event.preventDefault(); openRow(row, true); }
  });

  const go = (step) => {
    const all = rows();
    const at = all.findIndex((row) => row.classList.contains("gd-here"));
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
    all[at]?.classList.remove("gd-here");
    next?.classList.add("gd-here");
    next?.scrollIntoView({ block: "nearest" });
    next?.focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    if (gendan.isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const here = document.querySelector("tr.gd-here");
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "Enter" && here && (event.target === here || event.target === document.body)) openRow(here, false);
    else if (event.key === "x" && here) here.querySelector(".gd-check input")?.click();
  });

  const boxes = () => [...document.querySelectorAll(".gd-table tbody .gd-check input")];
  const refresh = () => {
    const all = boxes();
    const picked = all.filter((box) => box.checked);
    for (const box of all) box.closest("tr").classList.toggle("gd-picked", box.checked);
    const bar = document.getElementById("bulk");
    if (bar) {
      bar.hidden = picked.length === 0;
      bar.querySelector("[data-selected]").textContent = text("selected", { count: picked.length });
    }
    const head = document.querySelector("[data-check-all]");
    if (head) { head.checked = picked.length > 0 && picked.length === all.length; head.indeterminate = picked.length > 0 && picked.length < all.length; }
  };
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".gd-check input");
    if (box && box.hasAttribute("data-check-all")) { for (const each of boxes()) each.checked = box.checked; refresh(); }
    else if (box) {
      const all = boxes();
      if (event.shiftKey && last && all.includes(last)) {
        const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
        for (const each of all.slice(from, to + 1)) each.checked = box.checked;
      }
      last = box;
      refresh();
    }
    if (event.target.closest?.("[data-unselect]")) { for (const each of boxes()) each.checked = false; refresh(); }
  });

  /* A form of its own for the chosen rows, in a dialog: they are posted with it. */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-bulk]");
    if (!form) return;
    for (const old of form.querySelectorAll("[data-bulk-id]")) old.remove();
    for (const box of boxes()) if (box.checked) form.append(el("input", { type: "hidden", name: "ids", value: box.value, "data-bulk-id": true }));
  }, true);

  /* Columns chosen per list and browser. */
  const applyColumns = (table) => {
    const chosen = store.get(`columns:${table.dataset.list}`);
    if (!chosen) return;
    for (const cell of table.querySelectorAll("[data-col]")) {
      if (cell.dataset.col in chosen) cell.classList.toggle("gd-col-off", !chosen[cell.dataset.col]);
    }
  };
  gendan.mount("table[data-list]", applyColumns);
  document.addEventListener("htmx:afterSwap", (event) => {
    const table = event.detail.target.closest?.("table[data-list]");
    if (table) applyColumns(table);
    refresh();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("button[data-columns]");
    const pop = document.getElementById("column-choice");
    if (pop && !pop.contains(event.target)) { pop.remove(); if (opener) return; }
    if (!opener) return;
    const table = opener.closest("table");
    const box = el("div", { class: "gd-pop", id: "column-choice", role: "dialog", "aria-label": text("columns") });
    const chosen = store.get(`columns:${table.dataset.list}`) || {};
    [...table.querySelectorAll("th[data-col]")].forEach((head, index) => {
      const input = el("input", { type: "checkbox", class: "form-check-input" });
      input.checked = !head.classList.contains("gd-col-off");
      input.disabled = index === 0;
      input.addEventListener("change", () => {
        chosen[head.dataset.col] = input.checked;
        store.set(`columns:${table.dataset.list}`, chosen);
        applyColumns(table);
      });
      box.append(el("label", {}, input, head.textContent.trim()));
    });
    document.body.append(box);
    const at = opener.getBoundingClientRect();
    box.style.top = `${at.bottom + window.scrollY + 4}px`;
    box.style.left = `${at.right + window.scrollX - box.offsetWidth}px`;
  });
})();
