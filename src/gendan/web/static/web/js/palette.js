/* ⌘K / Ctrl-K: find documents, products, partners and pages with the keyboard. */
(function () {
  "use strict";
  const box = () => document.getElementById("palette");
  const hits = () => [...document.querySelectorAll("#palette-results [data-hit]")];

  const select = (index) => {
    const all = hits();
    all.forEach((hit, at) => hit.setAttribute("aria-selected", String(at === index)));
    all[index]?.scrollIntoView({ block: "nearest" });
    document.getElementById("palette-input")?.setAttribute("aria-activedescendant", all[index]?.id || "");
  };
  const show = () => {
    const dialog = box();
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const input = document.getElementById("palette-input");
    input.select();
    htmx.trigger(input, "opened");
  };

  document.addEventListener("click", (event) => { if (event.target.closest("[data-open-palette]")) show(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); show(); return; }
    if (event.key === "/" && !gendan.isTyping(event.target) && !document.querySelector("dialog[open]")) { event.preventDefault(); show(); return; }
    if (!box()?.open) return;
    const all = hits();
    const at = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") { event.preventDefault(); select(Math.min(at + 1, all.length - 1)); }
    if (event.key === "ArrowUp") { event.preventDefault(); select(Math.max(at - 1, 0)); }
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const hit = all[Math.max(at, 0)];
      if (!hit) return;
      if (event.ctrlKey || event.metaKey) window.open(hit.href, "_blank"); else location.assign(hit.href);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "palette-results") select(0); });
  document.addEventListener("mouseover", (event) => {
    const hit = event.target.closest?.("#palette-results [data-hit]");
    if (hit) select(hits().indexOf(hit));
  });
})();
