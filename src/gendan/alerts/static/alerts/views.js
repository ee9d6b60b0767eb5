/* Views of one's own: filters under a name, kept in this browser, as tabs beside those that everybody has. */
(function () {
  "use strict";
  gendan.mount("[data-saved-views]", (box) => {
    const key = `views:${box.dataset.savedViews}`;
    const tabs = box.querySelector(".gd-tabs");
    const here = new URLSearchParams(location.search);
    here.delete("after");
    const wanted = here.toString();
    const views = gendan.store.get(key) || [];
    for (const view of views) {
      const tab = gendan.el("a", { class: "gd-tab", role: "tab", href: `${location.pathname}?${view.query}`, "aria-selected": String(view.query === wanted) }, view.name);
      if (view.query === wanted) {
        for (const other of tabs.querySelectorAll(".gd-tab")) other.setAttribute("aria-selected", "false");
        const drop = gendan.el("button", { type: "button", class: "gd-tool", title: box.dataset.drop, "aria-label": box.dataset.drop }, gendan.icon("x"));
        drop.addEventListener("click", () => { gendan.store.set(key, views.filter((one) => one !== view)); location.assign(location.pathname); });
        tabs.append(tab, drop);
      } else tabs.append(tab);
    }
    const fresh = [...here.keys()].some((name) => name !== "view" && name !== "sort") && !views.some((view) => view.query === wanted);
    if (!fresh) return;
    const form = gendan.el("form", { class: "al-save" },
      gendan.el("input", { class: "form-control", "aria-label": box.dataset.name, placeholder: box.dataset.name, maxlength: "30", required: true }),
      gendan.el("button", { class: "btn" }, box.dataset.save));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      gendan.store.set(key, [...views, { name: form.querySelector("input").value.trim(), query: wanted }].slice(-12));
      location.reload();
    });
    box.append(form);
  });
})();
