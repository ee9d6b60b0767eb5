/* Live pages: a change elsewhere makes the parts concerned fetch themselves again.
   data-live="po:PO-000001 list:po": these references, and «list:kind» for any document of a kind. */
(function () {
  "use strict";
  const meta = document.querySelector("meta[name='gendan-live']");
  let url = meta?.content;
  const POLL = 15000;
  let source = null; // this tab's own connection, or
  let port = null; // the way to the one that all tabs share
  let polling = 0;
  let first = true;
  let failures = 0;

  const concerned = (element, refs) => element.dataset.live.split(/\s+/).some((wanted) => {
    if (!refs) return true;
    if (wanted.startsWith("list:")) return refs.some((ref) => ref.startsWith(`${wanted.slice(5)}:`)) || wanted === "list:notice";
    return refs.includes(wanted);
  });
  /* Not under the fingers of somebody who types, chooses or has loaded more rows. */
  const busy = (element) => {
    const active = document.activeElement;
    if (element.contains(active) && active.matches?.("input:not([type=checkbox]):not([type=search]), textarea, select")) return true;
    if (element.querySelector("dialog[open], details.gd-menu[open], .gd-check input:checked")) return true;
    return element.dataset.grown === "yes";
  };
  const fetchAgain = (element, refs) => {
    if (busy(element)) return offer(element);
    element.gendanRefs = refs;
    htmx.trigger(element, "live");
    return undefined;
  };
  const offer = (element) => {
    if (element.querySelector(":scope > .gd-refresh")) return;
    const button = gendan.el("button", { type: "button", class: "btn gd-refresh" }, gendan.icon("refresh"), gendan.text("updated"));
    button.addEventListener("click", () => { button.remove(); element.dataset.grown = ""; htmx.trigger(element, "live"); });
    element.prepend(button);
  };
  const wait = new Map();
  const changed = (refs, type) => {
    document.dispatchEvent(new CustomEvent("gendan:change", { detail: { refs, type } }));
    for (const element of document.querySelectorAll("[data-live]")) {
      if (!concerned(element, refs)) continue;
      clearTimeout(wait.get(element));
      wait.set(element, setTimeout(() => { wait.delete(element); if (document.contains(element)) fetchAgain(element, refs); }, 120));
    }
  };
  gendan.changed = changed;

  /* What differs after the refetch is highlighted for a moment. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (event.detail.requestConfig?.triggeringEvent?.type !== "live" || !target?.dataset?.live) return;
    const old = new Set([...target.querySelectorAll("tr, .gd-event, .gd-step, .gd-chain-node, .gd-todo li")].map((each) => each.textContent.replace(/\s+/g, " ").trim()));
    const id = target.id;
    if (!id) return;
    document.addEventListener("htmx:afterSettle", () => {
      for (const each of document.querySelectorAll(`#${CSS.escape(id)} :is(tbody tr, .gd-event, .gd-step, .gd-chain-node, .gd-todo li)`)) {
        if (!old.has(each.textContent.replace(/\s+/g, " ").trim())) {
          each.classList.add("gd-flash");
          setTimeout(() => each.classList.remove("gd-flash"), 2000);
        }
      }
    }, { once: true });
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches?.("[data-more]")) event.detail.elt.closest("[data-live]")?.setAttribute("data-grown", "yes");
  });

  const poll = (on) => {
    if (on && !polling) polling = setInterval(() => { if (!document.hidden) changed(null, "poll"); }, POLL);
    if (!on && polling) { clearInterval(polling); polling = 0; }
  };
  /* What the connection says, be it this tab's own or the one that all tabs share. */
  const heard = ({ kind, data }) => {
    if (kind === "ready") {
      poll(false);
      document.documentElement.dataset.liveState = "on";
      if (!first) changed(null, "ready");
      first = false;
      failures = 0;
    } else if (kind === "change") {
      const told = JSON.parse(data);
      changed(told.type === "kernel.many" ? null : told.refs || [], told.type);
    } else if (kind === "error") {
      poll(true);
      document.documentElement.dataset.liveState = "off";
    }
  };
  const connectAlone = () => {
    source = new EventSource(url);
    source.addEventListener("ready", () => heard({ kind: "ready" }));
    source.addEventListener("change", (event) => heard({ kind: "change", data: event.data }));
    source.addEventListener("error", () => {
      heard({ kind: "error" });
      failures += 1;
      if (source.readyState === EventSource.CLOSED) {
        source = null;
        setTimeout(renew, Math.min(60000, 2000 * 2 ** failures));
      }
    });
  };
  /* Closed for good: the ticket is old, perhaps. */
  const renew = async () => {
    const answer = await fetch(meta.dataset.renew, { headers: { Accept: "application/json" } }).catch(() => null);
    const given = answer?.ok ? (await answer.json().catch(() => ({}))).url : "";
    if (given) url = given;
    connect();
  };
  /* Browsers without shared workers, or that keep one from starting, get a connection of the tab's own. */
  const connectTogether = () => {
    let answered = false;
    const worker = new SharedWorker(meta.dataset.worker, "gendan-live");
    const shared = port = worker.port;
    const alone = () => {
      if (answered || port !== shared) return;
      shared.postMessage({ leave: true });
      port = null;
      connectAlone();
    };
    worker.addEventListener("error", alone);
    shared.onmessage = (event) => { if (port === shared) { answered = true; heard(event.data); } };
    shared.postMessage({ join: url, renew: new URL(meta.dataset.renew, location.href).href });
    setTimeout(alone, 4000);
  };
  const connect = () => {
    if (!url || !window.EventSource || source || port) return;
    try {
      if (window.SharedWorker && meta.dataset.worker) connectTogether(); else connectAlone();
    } catch (refused) {
      port = null;
      connectAlone();
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    if (!document.querySelector("[data-live]")) return;
    if (!url || !window.EventSource) poll(true); else connect();
  });
  window.addEventListener("pagehide", () => {
    source?.close();
    port?.postMessage({ leave: true });
    source = port = null;
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
})();
