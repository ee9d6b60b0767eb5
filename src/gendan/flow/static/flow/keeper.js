/* What the server does for the drawing: keeping the draft, checking it, trying it on a document, publishing it. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  const { el, icon } = gendan;

  const send = async (url, body) => {
    const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": gendan.csrf() } });
    return { status: answer.status, ok: answer.ok, body: await answer.json().catch(() => ({})) };
  };

  /* The draft: kept a moment after the last change, one request at a time. */
  flow.keeper = (page) => {
    const { state, data, saved, history, text } = page;
    const now = () => `${history.text}\n${data.name}`;
    let kept = now(), busy = null, timer = 0;
    const say = (message, bad) => { if (saved) { saved.textContent = message; saved.classList.toggle("is-bad", Boolean(bad)); saved.dataset.state = bad ? "bad" : message === text("saved") ? "saved" : "saving"; } };

    const conflict = (answer) => {
      const dialog = page.part("conflict");
      const theirs = answer.data;
      dialog.querySelector("[data-title]").textContent = text("conflict", { name: theirs.by });
      const words = theirs.changes.map((change) => el("li", { class: `is-${change.what}` }, el("i", {}, change.label), el("span", {}, change.text)));
      dialog.querySelector("[data-changes]").replaceChildren(...(words.length ? words : [el("li", {}, text("conflict_same"))]));
      dialog.returnValue = "";
      dialog.addEventListener("close", () => {
        data.version = theirs.current;
        if (dialog.returnValue === "mine") { kept = ""; soon(0); return; }
        if (dialog.returnValue !== "theirs") { data.version = answer.seen; say(text("unsaved", { reason: dialog.querySelector("[data-title]").textContent }), true); return; }
        state.definition = theirs.definition;
        history.push(state.definition);
        kept = now();
        page.load(state.definition);
        page.found(theirs.findings);
        say(text("saved"));
      }, { once: true });
      if (!dialog.open) dialog.showModal();
    };

    const save = async () => {
      clearTimeout(timer);
      if (busy) { await busy; return now() === kept ? true : save(); }
      const sent = now();
      if (sent === kept) return true;
      say(text("saving"));
      busy = send(data.urls.save, { definition: JSON.parse(history.text), name: data.name, version: data.version }).catch(() => null);
      const answer = await busy;
      busy = null;
      if (!answer) { say(text("unsaved", { reason: text("offline") }), true); timer = setTimeout(save, 5000); return false; }
      if (answer.status === 409 && answer.body.code === "flow.DraftChanged") { conflict({ ...answer.body, seen: data.version }); return false; }
      if (!answer.ok) { say(text("unsaved", { reason: answer.body.message || answer.status }), true); return false; }
      kept = sent;
      data.version = answer.body.version;
      page.found(answer.body.findings);
      if (now() !== kept) return save();
      say(text("saved"));
      return true;
    };
    const soon = (wait = 700) => { clearTimeout(timer); say(text("saving")); timer = setTimeout(save, wait); };
    /* Somebody else publishes: the page says so, and leaves the drawing alone. */
    const published = async (event) => {
      if (!document.contains(page.root)) { document.removeEventListener("gendan:change", published); return; }
      const type = event.detail?.type;
      if (type && !type.startsWith("flow.")) return;
      const answer = await fetch(data.urls.now, { headers: { Accept: "application/json" } }).catch(() => null);
      const now_ = answer?.ok ? (await answer.json()).published : data.published;
      if (now_ === data.published) return;
      data.published = now_;
      const note = page.part("published-note");
      note.replaceChildren(el("span", {}, text("published_meanwhile", { n: now_ })), el("a", { class: "btn", href: location.href }, text("reload")));
      note.hidden = false;
    };
    document.addEventListener("gendan:change", published);
    window.addEventListener("beforeunload", (event) => { if (!gendan.leaving && now() !== kept) { save(); event.preventDefault(); event.returnValue = ""; } });

    return {
      soon,
      save,
      /* Publishing asks for a note, and shows the findings when there are errors. */
      async publish() {
        if (!(await save())) return;
        if (Object.values(state.findings).flat().some((each) => each.level === "error")) { page.showFindings(); return; }
        const dialog = page.part("publish-dialog");
        dialog.querySelector("[data-version]").value = data.version;
        dialog.showModal();
      },
    };
  };

  /* Findings: a mark on each card, a list in the panel. */
  flow.checking = (page) => {
    const { state, text, data } = page;
    const all = () => Object.values(state.findings).flat();
    const nameOf = (key) => {
      const place = key && flow.tree.find(state.definition, key);
      if (!place) return text("whole");
      return place.node ? flow.words.nameOf(place.node) : place.branch.name || text("way_n", { n: place.at + 1 });
    };
    const show = () => {
      page.state.selected = null;
      const rows = all().sort((one, other) => one.level.localeCompare(other.level)).map((each) => {
        const row = el("button", { type: "button", class: `fl-found is-${each.level}`, "data-for": each.key }, icon(each.level === "error" ? "alert-circle" : "alert-triangle"), el("span", {}, el("b", {}, nameOf(each.key)), each.text));
        row.addEventListener("click", () => { page.open(each.key); page.go(each.key); });
        return row;
      });
      flow.panel.frame(text("findings"), rows.length ? rows : [el("p", { class: "gd-clear" }, icon("circle-check"), text("no_findings"))]);
      page.draw();
    };
    page.showFindings = show;
    return {
      show,
      take(findings) {
        state.findings = {};
        for (const each of findings) (state.findings[each.key] = state.findings[each.key] || []).push(each);
        const count = page.part("count");
        if (count) {
          count.textContent = findings.length || "✓";
          count.className = `fl-count ${findings.some((each) => each.level === "error") ? "is-bad" : findings.length ? "is-soon" : "is-done"}`;
        }
        page.root.dataset.found = findings.length;
        page.draw();
      },
    };
  };

  /* «Who would have approved …?» */
  flow.trying = (page) => {
    const { state, data, text } = page;
    const result = el("div", { "aria-live": "polite" });
    const run = async (number) => {
      const answer = await send(data.urls.try, { number, definition: state.definition }).catch(() => null);
      if (!answer?.ok) { result.replaceChildren(el("p", { class: "gd-error" }, answer?.body.message || text("offline"))); return; }
      const { steps, keys } = answer.body;
      state.lit = Object.fromEntries(keys.map((key) => [key, {}]));
      state.lit[""] = { people: [answer.body.submitter].filter(Boolean) };
      for (const step of steps) state.lit[step.key] = { people: step.people, note: step.note };
      page.draw();
      result.replaceChildren(el("h3", { class: "form-label" }, text("try_title", { number })),
        answer.body.asks ? el("ol", { class: "fl-steps" }, ...steps.map((step) => el("li", {}, el("b", {}, step.name), el("span", {}, step.people.length ? step.people.join(text("comma")) : step.note || text("try_nobody")), step.why ? el("div", { class: "gd-help" }, step.why) : null))) : el("p", {}, text("try_none")));
      result.dataset.tried = number;
      const first = steps.find((step) => step.people.length);
      if (first) page.root.querySelector(`[data-key="${CSS.escape(first.key)}"]`)?.scrollIntoView({ block: "nearest", inline: "center" });
    };
    return {
      show() {
        state.selected = null;
        result.replaceChildren();
        const field = el("select", { "data-picker": data.urls.documents, "data-placeholder": text("try_hint"), "aria-label": text("try_which") });
        field.addEventListener("gendan:picked", (event) => { if (event.detail.value) run(event.detail.value); });
        flow.panel.frame(text("try"), [el("p", { class: "gd-help" }, text("try_help")), el("div", { class: "fl-part" }, el("span", { class: "form-label" }, text("try_which")), field), result]);
        field.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: field } }));
        page.draw();
        setTimeout(() => field.tomselect?.focus(), 60);
      },
    };
  };
})();
