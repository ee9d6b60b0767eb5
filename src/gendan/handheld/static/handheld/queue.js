/* Operations go to the server in their order, each until it was answered. What cannot be sent stays; what the server refused
   later than it was done stays, too, until somebody decides. */
(function () {
  "use strict";
  const { boot, store } = window.hand;
  const PATIENCE = 2500;
  const waiting = new Map(); /* key → who waits for the answer on this page */
  const queue = (window.hand.queue = { trouble: "", sending: false, online: navigator.onLine });
  const changed = () => document.dispatchEvent(new CustomEvent("hand:queue"));
  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) || "";

  queue.fetch = async (address, options = {}) => {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), 8000);
    try {
      const answer = await fetch(address, { ...options, signal: stop.signal, redirect: "error", headers: { Accept: "application/json", "X-CSRFToken": decodeURIComponent(cookie(boot.csrf)), ...options.headers } });
      queue.online = true;
      return answer;
    } catch (error) {
      queue.online = false;
      throw error;
    } finally {
      clearTimeout(clock);
      changed();
    }
  };

  const mine = async () => (await store.all()).filter((one) => one.owner === boot.owner);
  queue.counts = async () => {
    const all = await store.all();
    const own = all.filter((one) => one.owner === boot.owner);
    const others = new Map();
    for (const one of all) if (one.owner !== boot.owner) others.set(one.name, (others.get(one.name) || 0) + 1);
    return { unsent: own.filter((one) => one.state === "waiting").length, refused: own.filter((one) => one.state === "refused"), others };
  };
  queue.pending = async (mode, work) => (await mine()).filter((one) => one.operation.mode === mode && one.operation.work === work);

  /* Keep it first, then send it; answers what the server said, or null when it could not be asked now. */
  queue.add = async (operation, local = null) => {
    const full = { key: window.hand.key(), do: "scan", at: new Date().toISOString(), ...operation };
    const answered = new Promise((resolve) => waiting.set(full.key, resolve));
    await store.add({ owner: boot.owner, name: boot.name, state: "waiting", operation: full, local });
    changed();
    queue.drain();
    /* nobody stands and waits in a dead spot: the next scan can come */
    setTimeout(() => unheard([full.key]), queue.online ? PATIENCE : 0);
    return answered;
  };

  /* A booking waits until every scan of its delivery was taken. */
  const batch = (own) => {
    const blocked = new Set(own.filter((one) => one.state === "refused").map((one) => one.operation.work));
    const next = [];
    for (const one of own) {
      if (one.state !== "waiting" || next.length >= boot.most) continue;
      if (one.operation.do === "book" && (blocked.has(one.operation.work) || next.some((each) => each.operation.work === one.operation.work))) break;
      next.push(one);
    }
    return next;
  };
  const unheard = (keys) => {
    for (const key of keys) {
      waiting.get(key)?.(null);
      waiting.delete(key);
    }
  };
  const keys = (own) => own.map((one) => one.operation.key);
  const take = async (one, result) => {
    const asker = waiting.get(one.operation.key);
    waiting.delete(one.operation.key);
    if (result.ok || asker) await store.remove(one.seq); /* who is told on the spot decides on the spot */
    else await store.put({ ...one, state: "refused", said: result.said, code: result.code, data: result.data });
    if (asker) asker(result);
    else document.dispatchEvent(new CustomEvent("hand:late", { detail: { one, result } }));
  };
  const once = async () => {
    const own = await mine();
    const next = batch(own);
    if (!next.length) { unheard(keys(own)); return false; }
    let answer;
    try {
      answer = await queue.fetch(boot.send, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ owner: boot.owner, operations: next.map((one) => one.operation) }) });
      queue.trouble = answer.ok ? "" : answer.status === 401 ? "sign_in" : answer.status === 403 ? "wrong_person" : "server_trouble";
      if (!answer.ok) { unheard(keys(own)); return false; }
      answer = await answer.json();
    } catch {
      unheard(keys(own));
      return false;
    }
    if (answer.owner !== boot.owner) { queue.trouble = "wrong_person"; unheard(keys(own)); return false; }
    if (answer.work) await store.keep(`${answer.work.mode}|${answer.work.id}`, answer.work);
    const told = new Map(answer.results.map((result) => [result.key, result]));
    for (const one of next) await take(one, { ...told.get(one.operation.key), work: answer.work });
    changed();
    return true;
  };
  let again = false;
  queue.drain = async () => {
    if (queue.sending) { again = true; return; }
    queue.sending = true;
    changed();
    const run = async () => { do { again = false; while (await once()) { /* the next batch */ } } while (again); };
    try {
      /* one page at a time sends, so that the order stays */
      if (navigator.locks) await navigator.locks.request("gendan-handheld-send", run); else await run();
    } finally {
      queue.sending = false;
      changed();
      if (again) queue.drain();
    }
  };

  /* What was refused is sent once more with what was missing, as a new operation in its old place; or given up. */
  queue.resolve = async (one, more) => {
    await store.put({ ...one, state: "waiting", operation: { ...one.operation, ...more, key: window.hand.key() } });
    changed();
    await queue.drain();
  };
  queue.discard = async (one) => { await store.remove(one.seq); changed(); await queue.drain(); };

  let pause = 2000;
  const tick = async () => {
    const { unsent } = await queue.counts();
    if (unsent && !["sign_in", "wrong_person"].includes(queue.trouble)) await queue.drain();
    const left = (await queue.counts()).unsent;
    pause = left ? Math.min(pause * 1.5, 30000) : 2000;
    setTimeout(tick, pause);
  };
  window.addEventListener("online", () => { queue.online = true; pause = 2000; queue.drain(); });
  window.addEventListener("offline", () => { queue.online = false; changed(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) queue.drain(); });
  setTimeout(tick, 500);
})();
