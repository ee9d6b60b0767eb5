/* What every script of ours stands on: mounting on elements, texts, cookies, requests. */
(function () {
  "use strict";
  if (window.gendan) return;
  const mounts = [];
  let texts = null;

  const run = (entry, root) => {
    const found = root.matches && root.matches(entry.selector) ? [root] : [];
    for (const element of [...found, ...root.querySelectorAll(entry.selector)]) {
      if (entry.seen.has(element)) continue;
      entry.seen.add(element);
      entry.fn(element);
    }
  };

  const gendan = window.gendan = {
    /* Call fn once for every element that matches, now and whenever htmx brings new ones. */
    mount(selector, fn) {
      const entry = { selector, fn, seen: new WeakSet() };
      mounts.push(entry);
      if (document.readyState !== "loading") run(entry, document.body);
    },
    text(key, values) {
      if (!texts) texts = JSON.parse(document.getElementById("gendan-texts")?.textContent || "{}");
      return (texts[key] || key).replace(/\{(\w+)\}/g, (_, name) => (values && name in values ? values[name] : ""));
    },
    cookie(name, value) {
      document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
    },
    csrf() {
      return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
    },
    el(tag, attributes, ...children) {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes || {})) {
        if (value === false || value === null || value === undefined) continue;
        if (name === "class") element.className = value;
        else element.setAttribute(name, value === true ? "" : value);
      }
      element.append(...children.filter((child) => child !== null && child !== undefined));
      return element;
    },
    icon(name) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      const sheet = document.querySelector("svg.gd-icon use")?.getAttribute("href")?.split("#")[0] || "/static/web/icons.svg";
      use.setAttribute("href", `${sheet}#${name}`);
      svg.setAttribute("class", "gd-icon");
      svg.setAttribute("aria-hidden", "true");
      svg.append(use);
      return svg;
    },
    debounce(fn, delay) {
      let timer = 0;
      return (...args) => { clearTimeout(timer); timer = setTimeout(() => fn(...args), delay); };
    },
    isTyping(target) {
      return target instanceof Element && target.closest("input, textarea, select, [contenteditable], .ts-control") !== null;
    },
    store: {
      get(key) { try { return JSON.parse(localStorage.getItem(`gendan:${key}`)); } catch { return null; } },
      set(key, value) { try { localStorage.setItem(`gendan:${key}`, JSON.stringify(value)); } catch { /* full or forbidden */ } },
      drop(key) { try { localStorage.removeItem(`gendan:${key}`); } catch { /* forbidden */ } },
    },
  };

  const mountAll = (root) => { for (const entry of mounts) run(entry, root); };
  document.addEventListener("DOMContentLoaded", () => {
    mountAll(document.body);
    document.body.addEventListener("htmx:load", (event) => mountAll(event.detail.elt));
  });
  gendan.mount("[data-shortcut]", (element) => {
    if (/Mac|iPhone|iPad/.test(navigator.platform)) element.textContent = "⌘ K";
  });
})();
