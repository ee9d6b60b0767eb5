/* The screens: home with four tiles, a list of what waits, and one screen for all kinds of scanning. */
(function () {
  "use strict";
  const hand = window.hand;
  const { boot, el, icon, text, store, queue, say, ask, camera } = hand;
  const main = document.getElementById("main");
  const TILES = { receive: "package-import", putaway: "building-warehouse", pick: "map-pin", count: "clipboard-check" };
  const HINTS = { receive: "scan_paper", putaway: "scan_goods", pick: "scan_goods", count: "scan_goods" };
  const now = { mode: "", id: "", work: null, place: "", chosen: null, quantity: "", old: false, booked: null, later: false };
  const number = (value) => Number(value) || 0;
  const plain = (value) => String(Number(value.toFixed(6)));

  /* What is shown comes from the server, or, without a network, from the last time. */
  const fetched = async (id, address, pick) => {
    try {
      const answer = await queue.fetch(address);
      if (answer.status === 401) queue.trouble = "sign_in";
      if (answer.ok) {
        const found = await answer.json();
        if (found.owner !== boot.owner) { queue.trouble = "wrong_person"; return { value: null, old: true }; }
        await store.keep(id, found[pick]);
        return { value: found[pick], old: false };
      }
      if (answer.status === 404) return { value: null, old: false };
    } catch { /* no network */ }
    return { value: (await store.kept(id))?.value || null, old: true };
  };

  const go = (mode = "", id = "") => { window.location.hash = mode ? `#${mode}${id ? `/${encodeURIComponent(id)}` : ""}` : "#"; };
  const head = (title, about = "") => {
    document.getElementById("title").textContent = title;
    document.getElementById("about").textContent = about;
    document.querySelector(".hh-back").hidden = !now.mode;
  };

  const home = async () => {
    head(document.title, boot.name);
    const { value } = await fetched("waiting", boot.waiting, "waiting");
    const tile = (mode) => el("button", { class: "hh-tile", type: "button", "data-tile": mode, onclick: () => go(mode) }, icon(TILES[mode]), el("b", {}, text(mode)),
      el("span", { class: "hh-number" }, String((value?.[mode] || []).length || "")));
    main.replaceChildren(boot.modes.length ? el("div", { class: "hh-tiles" }, boot.modes.map(tile)) : el("p", { class: "hh-empty" }, text("not_allowed")), el("a", { class: "hh-link", href: "/" }, text("desktop")));
  };

  const list = async (mode) => {
    head(text(mode));
    main.replaceChildren();
    const { value, old } = await fetched("waiting", boot.waiting, "waiting");
    if (now.mode !== mode || now.id) return;
    const rows = (value?.[mode] || []).map((row) => el("button", { class: "hh-row hh-press", type: "button", "data-open": row.number, onclick: () => open(mode, row) },
      el("div", { class: "hh-what" }, el("b", {}, row.title), el("span", {}, row.mine ? `${text("continue")} ${row.about}` : [row.number, row.about, row.day].filter(Boolean).join(" · "))), icon("chevron-right")));
    const start = mode === "receive" && el("button", { class: "hh-button hh-primary", type: "button", "data-new": true, onclick: () => go(mode, hand.key()) }, icon("scan"), text("new_delivery"));
    main.replaceChildren(...[old && el("p", { class: "hh-note" }, text("cached")), start, ...rows, !rows.length && el("p", { class: "hh-empty" }, text(`empty_${mode}`))].filter(Boolean));
  };
  /* An order that is tapped is scanned into a new delivery. */
  const open = async (mode, row) => {
    if (mode !== "receive" || row.mine) { go(mode, row.number); return; }
    go(mode, hand.key());
    route(); /* now, not when the browser tells: what is scanned belongs there */
    await shown;
    await scanned(row.number);
  };

  let shown = Promise.resolve();
  const work = async () => {
    const { mode, id } = now;
    main.replaceChildren();
    const { value, old } = await fetched(`${mode}|${id}`, `${boot.work}/${mode}/${encodeURIComponent(id)}`, "work");
    if (now.mode !== mode || now.id !== id) return;
    now.work = value;
    now.old = old;
    await draw();
  };

  const takenBack = (own) => new Set(own.filter((one) => one.operation.do === "undo").map((one) => one.operation.target));
  /* What the device has counted and not sent is added to what the server has. */
  const overlay = async () => {
    const more = new Map();
    const own = await queue.pending(now.mode, now.id);
    const back = takenBack(own);
    for (const one of own) if (one.local && !back.has(one.operation.key)) more.set(one.local.row, (more.get(one.local.row) || 0) + number(one.local.quantity));
    return more;
  };
  const matches = (code) => {
    const bare = code.replace(/^\](C1|d2|Q3|e0)/, "");
    const gtin = /^0[12](\d{14})/.exec(bare)?.[1].replace(/^0/, "");
    const wanted = (gtin || bare).normalize("NFKC").trim().toUpperCase();
    const hits = (now.work?.rows || []).map((row) => [row, row.codes?.find(([each]) => each.toUpperCase() === wanted)]).filter(([, hit]) => hit);
    const here = hits.filter(([row]) => row.place && row.place === now.place);
    return here.length ? here : hits;
  };

  /* The field stays the same while everything below it is drawn anew: a scanner may be typing into it. */
  const frame = () => {
    if (document.getElementById("body")) return;
    const keys = () => { const input = document.getElementById("scan"); input.inputMode = input.inputMode === "none" ? "text" : "none"; input.blur(); input.focus(); };
    main.replaceChildren(el("div", { class: "hh-scan" }, el("div", { id: "said", class: "hh-said", role: "status", "aria-live": "assertive" }),
      el("form", { id: "scan-form", class: "hh-scan-form", onsubmit: submitted }, el("input", { id: "scan", name: "scan", autocomplete: "off", autocapitalize: "off", spellcheck: "false", inputmode: "none", enterkeyhint: "go", "aria-label": text("scan_here") }),
        el("button", { class: "hh-icon", type: "button", "aria-label": text("scan_here"), onclick: keys }, icon("keyboard")),
        el("button", { class: "hh-icon hh-times", type: "button", "aria-label": text("quantity"), onclick: times }),
        el("button", { class: "hh-icon", id: "camera", type: "button", "aria-label": text("camera"), onclick: toggleCamera }, icon("camera"))),
      el("div", { id: "camera-box", hidden: true }, video)), el("div", { id: "body" }));
  };
  const draw = async () => {
    const { mode } = now;
    const found = now.work;
    head(found?.title || text(mode), found?.about || "");
    const more = await overlay();
    frame();
    const input = document.getElementById("scan");
    input.placeholder = now.chosen ? text("scan_bin") : found ? text(HINTS[mode]) : text("scan_paper");
    document.querySelector(".hh-times").textContent = now.quantity ? `×${now.quantity}` : "×1";
    const place = now.place && el("p", { class: "hh-place", "data-place": now.place }, icon("map-pin"), text("at_place", { place: now.place }));
    const rows = ordered(found?.rows || []).map((row) => rowOf(row, more.get(row.id) || 0));
    const body = found ? (found.state === "open" ? (rows.length || mode !== "putaway" ? rows : [el("p", { class: "hh-empty" }, text("empty_putaway"))]) : []) : [el("p", { class: "hh-note" }, now.old && mode !== "receive" ? text("not_loaded") : text("scan_paper"))];
    document.getElementById("body").replaceChildren(...[place, chosen(), now.booked || (found?.state === "booked" && done(text("booked", { number: found.receipt }))), found?.blind && el("p", { class: "hh-note" }, text("blind")), ...body, ...await waiting(), ...last(found), actions(found)].filter(Boolean));
    hand.focus();
  };
  const ordered = (rows) => {
    const here = (row) => (now.place && row.place === now.place ? 0 : 1);
    return [...rows].sort((a, b) => here(a) - here(b) || Number(a.state === "full") - Number(b.state === "full"));
  };
  const rowOf = (row, pending) => {
    const total = plain(number(row.done) + pending);
    const state = row.todo !== undefined ? (number(total) > number(row.todo) ? "over" : number(total) >= number(row.todo) ? "full" : number(total) ? "some" : "none") : "none";
    const figure = now.mode === "putaway" ? `${row.todo} ${row.unit}` : row.todo === undefined ? text("counted", { done: total }) : `${total} / ${row.todo}`;
    return el("div", { class: `hh-row hh-${now.mode === "putaway" ? "none" : state}${now.hit === row.id ? " hh-hit" : ""}`, "data-row": row.product, "data-state": state, "data-done": total, onclick: now.mode === "putaway" ? () => choose(row) : null },
      el("div", { class: "hh-what" }, el("b", {}, [row.product, row.lot].filter(Boolean).join(" · ")), el("span", {}, [row.name, row.specification].filter(Boolean).join(" ")), el("span", { class: "hh-about" }, [row.place && (now.mode === "putaway" ? text("to_place", { place: row.place }) : row.place), row.about].filter(Boolean).join(" · "))),
      el("div", { class: "hh-figure" }, el("b", {}, figure), pending ? el("span", { class: "hh-pending" }, icon("cloud-upload")) : el("span", {}, row.todo === undefined || now.mode === "putaway" ? "" : row.unit)));
  };
  /* What waits on the device can be taken back, too: as an operation behind it, for it may have arrived without an answer. */
  const waiting = async () => {
    const own = await queue.pending(now.mode, now.id);
    const back = takenBack(own);
    const scans = own.filter((one) => one.operation.do === "scan" && one.state === "waiting").reverse().slice(0, 5);
    if (!scans.length || queue.online) return [];
    const undo = ({ key, code, place, lot, quantity }) => ({ do: "undo", target: key, code, place, lot, quantity });
    return [el("h2", { class: "hh-head" }, text("on_device")), ...scans.map(({ operation }) => el("div", { class: `hh-last${back.has(operation.key) ? " hh-gone" : ""}` }, el("span", {}, [operation.code, operation.place, operation.quantity && `×${operation.quantity}`].filter(Boolean).join(" ")),
      back.has(operation.key) ? el("span", {}, text("undone")) : now.mode === "putaway" ? null : el("button", { class: "hh-small", type: "button", "data-take-back": operation.key, onclick: () => act(undo(operation)) }, icon("arrow-back-up"), text("undo"))))];
  };
  const last = (found) => {
    const scans = (found?.scans || []).slice(0, 5);
    if (!scans.length || found.state !== "open") return [];
    return [el("h2", { class: "hh-head" }, text("last_scans")), ...scans.map((scan) => el("div", { class: `hh-last${scan.undone ? " hh-gone" : ""}` }, el("span", {}, `${scan.text} ${scan.lot || ""} ×${scan.quantity} ${scan.unit}`),
      scan.undone ? el("span", {}, text("undone")) : el("button", { class: "hh-small", type: "button", "data-undo": scan.key, onclick: () => act({ do: "undo", target: scan.key }) }, icon("arrow-back-up"), text("undo"))))];
  };
  const actions = (found) => {
    if (now.mode !== "receive" || !found || found.state !== "open") return null;
    return el("div", { class: "hh-bar" }, el("button", { class: "hh-button", type: "button", "data-drop": true, onclick: drop }, text("drop")),
      el("button", { class: "hh-button hh-primary", type: "button", "data-book": true, onclick: book }, icon("check"), text("book")));
  };
  const done = (said) => el("p", { class: "hh-done" }, icon("circle-check"), said);

  /* ---- what a scan does ---- */
  const submitted = (event) => {
    event.preventDefault();
    const input = document.getElementById("scan");
    const code = input.value.trim();
    input.value = "";
    if (code) scanned(code);
  };
  let line = Promise.resolve(); /* one after the other, however fast they come */
  const scanned = (code) => (line = line.then(() => one(code)).catch((error) => { say("no", String(error)); }));
  const one = async (code) => {
    if (now.mode === "putaway") { await putAway(code); return; }
    const known = now.work?.rows || [];
    const bin = known.find((row) => row.place && row.place.toUpperCase() === code.toUpperCase());
    if (bin && now.mode !== "receive") { now.place = bin.place; await draw(); say("yes", bin.place); return; }
    await act({ code, place: now.place, quantity: now.quantity || null });
  };
  const localOf = (operation) => {
    if (operation.do && operation.do !== "scan") return null;
    const hits = matches(operation.code || "");
    if (!hits.length) return null;
    /* known, but not at the bin where somebody stands: counted on no row that is shown */
    if (now.place && hits[0][0].place && hits[0][0].place !== now.place) return { row: "", quantity: operation.quantity || hits[0][1] };
    const open = hits.find(([row]) => row.todo !== undefined && number(row.done) < number(row.todo)) || hits[0];
    return { row: open[0].id, quantity: operation.quantity || open[1][1] };
  };
  const act = async (more) => {
    const operation = { mode: now.mode, work: now.id, ...more };
    const local = localOf(operation);
    now.quantity = "";
    const result = await queue.add(operation, local);
    if (result === null) { await kept(operation, local); return null; }
    await answered(operation, result);
    return result;
  };
  const kept = async (operation, local) => {
    now.hit = local?.row;
    await draw();
    const scan = (operation.do || "scan") === "scan";
    const what = !scan ? text(operation.do === "book" ? "book" : "undo") : operation.code;
    say("wait", local || !scan || !now.work ? text("kept", { text: what }) : `${what} ${text(now.work.rows.length ? "wrong_here" : "not_known")}`);
    if (!scan || local || !["pick", "count"].includes(operation.mode)) return;
    /* what follows must not be counted where somebody stood before */
    const bin = await ask(text("is_bin", { code: operation.code }), [], null, [[text("bin_yes"), { bin: true }], [text("bin_no"), { bin: false }]]);
    if (bin?.bin) { now.place = operation.code.toUpperCase(); await draw(); say("wait", now.place); }
  };
  const answered = async (operation, result) => {
    if (!result.ok) { await refused(operation, result); return; }
    if (result.goto) { go(now.mode, result.goto); return; }
    if (result.place) now.place = result.place;
    if (result.work && result.work.id === now.id) now.work = result.work;
    now.hit = localOf(operation)?.row;
    if (result.did === "booked") { booked(result); return; }
    if (result.did === "dropped") { go("receive"); return; }
    if (operation.do === "unbook") now.booked = null;
    await draw();
    say("yes", result.said);
    if (result.did === "done") say("yes", text("all_done"));
  };

  /* A refusal says what it is; what can be answered is asked, and goes as a new operation. */
  const answers = async (result, extra = "") => {
    const title = result.said + extra;
    const asked = result.data?.ask;
    if (asked) return ask(title, [{ name: asked, label: text(asked), type: asked === "expires_on" ? "date" : "text" }]);
    if (result.code === "handheld.TooMuch") return result.data.may ? ask(title, [], null, [[text("over"), { over: true }]]) : null;
    if (result.code === "handheld.WholePieces") return ask(title, [{ name: "quantity", label: text("quantity"), mode: "decimal" }]);
    if (result.code === "inventory.NotOnList") return ask(title, [], null, [[text("new_here"), { new: true }]]);
    if (result.data?.choices?.length) return ask(title, [], null, result.data.choices.slice(0, 8).map((each) => [text("join", { order: [each.order, each.supplier].filter(Boolean).join(" ") }), { order: each.order }]));
    return null;
  };
  const refused = async (operation, result) => {
    await draw();
    say("no", result.said + (result.code === "handheld.TooMuch" && !result.data.may ? ` ${text("over_no")}` : ""));
    const more = await answers(result);
    if (more) await act({ ...operation, key: undefined, ...more, key: hand.key() });
  };

  /* ---- receiving ---- */
  const book = async () => {
    const given = await ask(text("book_n", { n: (await live()) ?? "?" }), [{ name: "note", label: text("note"), required: false }], text("book"));
    if (given) await act({ do: "book", note: given.note, scans: await live() });
  };
  /* how many scans count: those of the server, and those on the way; null when it is not known what one of them is */
  const live = async () => {
    const pending = await queue.pending("receive", now.id);
    const scans = pending.filter((one) => one.operation.do === "scan");
    if (scans.some((one) => !one.local)) return null;
    return (now.work?.count || 0) + scans.length - pending.filter((one) => one.operation.do === "undo").length;
  };
  const booked = async (result) => {
    let left = boot.undo;
    const seconds = el("span", {}, String(left));
    const undo = el("button", { class: "hh-button", type: "button", "data-unbook": true, onclick: () => { clearInterval(clock); act({ do: "unbook" }); } }, icon("arrow-back-up"), text("undo"), " ", seconds);
    const clock = setInterval(() => { left -= 1; seconds.textContent = String(left); if (left <= 0) { clearInterval(clock); undo.remove(); } }, 1000);
    now.booked = el("div", { class: "hh-booked", "data-booked": result.data.gr }, done(result.said), undo,
      boot.modes.includes("putaway") && now.work?.warehouse && el("button", { class: "hh-button", type: "button", "data-put-away": now.work.warehouse, onclick: () => go("putaway", now.work.warehouse) }, icon(TILES.putaway), text("putaway")),
      boot.receipt && el("a", { class: "hh-button", "data-papers": true, href: boot.receipt + encodeURIComponent(result.data.gr) }, icon("printer"), text("papers")),
      el("button", { class: "hh-button hh-primary", type: "button", "data-next": true, onclick: () => go("receive", hand.key()) }, icon("scan"), text("new_delivery")));
    await draw();
    say("yes", result.said);
  };
  const drop = async () => { if (await ask(text("drop_sure"), [])) await act({ do: "drop" }); };
  const times = async () => {
    const given = await ask(text("quantity"), [{ name: "quantity", label: text("quantity"), mode: "decimal", value: now.quantity }]);
    if (given) { now.quantity = number(given.quantity) > 0 ? plain(number(given.quantity)) : ""; await draw(); }
  };

  /* ---- putting away: goods first, then the bin ---- */
  const choose = async (row) => { now.chosen = row; now.hit = row.id; await draw(); };
  const chosen = () => now.chosen && el("div", { class: "hh-chosen", "data-chosen": now.chosen.product }, el("span", {}, `${now.chosen.product} ${now.chosen.name || ""} ${now.chosen.lot || ""}`), el("b", { "data-bin": now.chosen.place }, now.chosen.place ? text("to_place", { place: now.chosen.place }) : text("no_place")), el("span", {}, now.chosen.about || ""));
  const putAway = async (code) => {
    const hits = matches(code);
    if (hits.length) { await choose(hits[0][0]); say("yes", `${hits[0][0].product} → ${hits[0][0].place || "?"}`); return; }
    if (!now.chosen) {
      const answer = await queue.fetch(`${boot.look}${encodeURIComponent(now.id)}?code=${encodeURIComponent(code)}`).catch(() => null);
      if (!answer) { say("no", text("not_loaded")); return; }
      const found = await answer.json();
      if (!answer.ok) { say("no", found.message); return; }
      await choose((now.work?.rows || []).find((row) => row.id === found.id) || found);
      return;
    }
    const row = now.chosen;
    now.chosen = null;
    const result = await act({ code: row.product, lot: row.lot, place: code, quantity: now.quantity || row.todo });
    if (result && !result.ok) now.chosen = row;
    if (result?.undo) { undoable(result); }
    await draw();
  };
  const undoable = (result) => {
    const button = el("button", { class: "hh-small", type: "button", "data-undo-last": true, onclick: () => { button.remove(); act(result.undo); } }, icon("arrow-back-up"), text("undo"));
    document.getElementById("said")?.append(button);
    setTimeout(() => button.remove(), boot.undo * 1000);
  };

  /* ---- camera ---- */
  const video = el("video", { playsinline: true, muted: true });
  const toggleCamera = async () => {
    const box = document.getElementById("camera-box");
    const button = document.getElementById("camera");
    if (camera.on) { camera.stop(); box.hidden = true; button.replaceChildren(icon("camera")); hand.focus(); return; }
    box.hidden = false;
    button.replaceChildren(icon("camera-off"));
    if (await camera.start(video, (code) => scanned(code))) return;
    box.hidden = true;
    button.replaceChildren(icon("camera"));
    say("no", text("no_camera"));
  };

  /* ---- what is not sent, and what was refused later ---- */
  const conflicts = async () => {
    head(text("conflict_list"));
    const { refused: all } = await queue.counts();
    const card = (one) => el("div", { class: "hh-conflict", "data-conflict": one.code }, el("b", {}, `${text(one.operation.mode)} ${one.operation.code || text(one.operation.do === "book" ? "book" : "undo")}`), el("p", {}, one.said), el("small", {}, new Date(one.operation.at).toLocaleString(boot.language)),
      el("div", { class: "hh-bar" }, el("button", { class: "hh-button", type: "button", "data-discard": true, onclick: async () => { if (await ask(text("discard_sure"), [])) { await queue.discard(one); conflicts(); } } }, text("discard")),
        el("button", { class: "hh-button hh-primary", type: "button", "data-again": true, onclick: async () => { const more = await answers(one); const needs = one.data?.ask || one.data?.choices || one.code === "handheld.WholePieces"; if (needs && !more) return; await queue.resolve(one, more || {}); conflicts(); } }, text("again"))));
    main.replaceChildren(...(all.length ? [el("p", { class: "hh-note" }, text("conflict_hint")), ...all.map(card)] : [el("p", { class: "hh-empty" }, text("all_sent"))]));
  };
  const net = document.getElementById("net");
  const badge = async () => {
    const { unsent, refused: bad, others } = await queue.counts();
    const parts = [!queue.online && text("offline"), unsent && text("unsent", { n: unsent }), bad.length && text("conflicts", { n: bad.length })].filter(Boolean);
    net.className = `hh-net ${bad.length ? "hh-no" : unsent || !queue.online ? "hh-wait" : "hh-yes"}`;
    net.dataset.unsent = String(unsent);
    net.dataset.refused = String(bad.length);
    net.replaceChildren(icon(queue.online ? (bad.length ? "alert-triangle" : unsent ? "cloud-upload" : "check") : "wifi-off"), el("span", {}, parts.join(" · ")));
    net.setAttribute("aria-label", parts.join(" ") || text("all_sent"));
    const told = [queue.trouble && text(queue.trouble), ...[...others].map(([name, n]) => text("others", { name, n }))].filter(Boolean);
    const banner = document.getElementById("banner");
    banner.hidden = !told.length;
    banner.replaceChildren(...told.map((each) => el("p", {}, each)), queue.trouble === "sign_in" ? el("a", { class: "hh-button", href: boot.sign_in }, text("sign_in_button")) : "");
  };
  net.addEventListener("click", () => go("conflicts"));
  document.addEventListener("hand:queue", badge);
  document.addEventListener("hand:late", (event) => {
    const { one, result } = event.detail;
    if (one.operation.mode !== now.mode || one.operation.work !== now.id) return;
    if (result.work && result.work.id === now.id) now.work = result.work;
    if (result.ok && result.did === "booked") booked(result); else draw();
    if (!result.ok) say("no", result.said);
  });

  let routed = null;
  const route = () => {
    if (window.location.hash === routed) return;
    routed = window.location.hash;
    const [mode, id = ""] = decodeURIComponent(window.location.hash.slice(1)).split("/");
    if (mode === "open" && id) { /* from the page of a shipment */
      window.history.replaceState(null, "", `#receive/${hand.key()}`);
      route();
      shown.then(() => scanned(id));
      return;
    }
    camera.stop();
    Object.assign(now, { mode, id, work: null, place: "", chosen: null, quantity: "", booked: null, hit: null });
    shown = mode === "conflicts" ? conflicts() : !mode || !TILES[mode] ? home() : id ? work() : list(mode);
    badge();
  };
  document.querySelector(".hh-back").addEventListener("click", () => go(now.id ? now.mode : ""));
  window.addEventListener("hashchange", route);
  navigator.serviceWorker?.register(boot.worker, { scope: new URL(".", window.location.href).pathname }).catch(() => { /* works without, but not offline */ });
  route();
  queue.drain();
})();
