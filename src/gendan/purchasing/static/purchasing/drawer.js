/* «Where is it» beside the order: a click on a line opens its page in a drawer; with Ctrl, a middle click or on a phone, the page itself. */
(function () {
  "use strict";
  const LINE = /\/po\/[^/]+\/lines\/\d+$/;
  let drawer = null;

  const make = () => {
    drawer = gendan.el("dialog", { class: "gd-drawer trc-drawer", "aria-label": "" });
    document.body.append(drawer);
    drawer.addEventListener("click", (event) => { if (event.target === drawer || event.target.closest("[data-close]")) drawer.close(); });
    return drawer;
  };
  const show = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) { location.href = address; return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById("trace");
    if (!part) { location.href = address; return; }
    for (const name of ["data-live", "hx-get", "hx-trigger"]) part.removeAttribute(name);
    part.removeAttribute("id");
    for (const opener of part.querySelectorAll("[data-open]")) opener.remove();
    const box = drawer || make();
    const close = gendan.el("button", { type: "button", class: "gd-tool", "data-close": true, "aria-label": gendan.text("close") }, gendan.icon("x"));
    const link = gendan.el("a", { class: "btn btn-ghost", href: address }, gendan.icon("external-link"), address.split("/").slice(-3).join(" ").replace("lines ", "#"));
    box.replaceChildren(gendan.el("div", { class: "gd-drawer-head" }, link, close), part);
    if (!box.open) box.showModal();
    box.scrollTop = 0;
  };
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || innerWidth < 768) return;
    const anchor = event.target.closest("a[href]");
    const row = event.target.closest("tr[data-href]");
    if (event.target.closest("button, input, select, label") || !row || (anchor && !row.contains(anchor))) return;
    const address = anchor ? anchor.getAttribute("href") : row.dataset.href;
    if (!LINE.test(address)) return;
    event.preventDefault();
    event.stopPropagation();
    show(address);
  }, true);
})();
