/* The receiving desk: a scanned product counts up its line, buttons step, what was counted is not lost. */
(function () {
  "use strict";
  const plain = (value, decimals) => String(Number(value.toFixed(Math.min(6, decimals))));
  const form = () => document.querySelector("[data-receive-form]");
  const input = (line) => line.querySelector('input[name="quantity"]');
  const said = (text, kind) => {
    const box = document.getElementById("scan-said");
    box.replaceChildren(gendan.el("div", { class: `rcv-${kind}`, role: kind === "no" ? "alert" : "status" }, text));
  };
  const key = (work) => `receive:${work.dataset.document}`;
  const keep = (work) => {
    const counted = [...work.querySelectorAll("[data-entry]")].map((entry) => ["quantity", "lot", "bin"].map((name) => entry.querySelector(`input[name="${name}"]`).value));
    try { sessionStorage.setItem(key(work), JSON.stringify({ counting: work.dataset.counting || "", counted })); } catch { /* full or forbidden */ }
  };
  const forget = (work) => { try { sessionStorage.removeItem(key(work)); } catch { /* forbidden */ } };

  const refresh = (work) => {
    let done = 0;
    for (const line of work.querySelectorAll("[data-line]")) {
      const sum = [...line.querySelectorAll('input[name="quantity"]')].reduce((total, each) => total + (Number(each.value) || 0), 0);
      const wanted = Number(line.dataset.suggested);
      line.classList.toggle("rcv-none", sum === 0);
      line.classList.toggle("rcv-full", sum > 0 && sum >= wanted);
      line.classList.toggle("rcv-too-much", sum > Number(line.dataset.most));
      if (sum > 0) done += 1;
    }
    work.querySelector("[data-done]").textContent = String(done);
  };
  const setAll = (work, zero) => {
    work.dataset.counting = zero ? "yes" : "";
    for (const line of work.querySelectorAll("[data-line]")) {
      const inputs = line.querySelectorAll('input[name="quantity"]');
      inputs.forEach((each, n) => { each.value = zero || n ? "0" : line.dataset.suggested; });
    }
    refresh(work);
    keep(work);
  };
  const step = (line, entry, by) => {
    const field = entry.querySelector('input[name="quantity"]');
    field.value = plain(Math.max(0, (Number(field.value) || 0) + by), Number(line.dataset.decimals));
    refresh(line.closest("form"));
    keep(line.closest("form"));
  };
  const found = (work, code) => {
    const wanted = code.normalize("NFKC").trim().toUpperCase();
    for (const line of work.querySelectorAll("[data-line]")) {
      const match = JSON.parse(line.dataset.codes).find((each) => each.code.toUpperCase() === wanted);
      if (match) return [line, Number(match.factor)];
    }
    return null;
  };
  /* The same product on several lines: the first that is not full counts. */
  const count = (work, code) => {
    let hit = found(work, code);
    if (!hit) return false;
    if (work.dataset.counting !== "yes") setAll(work, true);
    const wanted = code.normalize("NFKC").trim().toUpperCase();
    const same = [...work.querySelectorAll("[data-line]")].filter((line) => JSON.parse(line.dataset.codes).some((each) => each.code.toUpperCase() === wanted));
    const line = same.find((each) => Number(input(each).value) < Number(each.dataset.suggested)) || same.find((each) => Number(input(each).value) < Number(each.dataset.most)) || same[same.length - 1];
    step(line, line.querySelector("[data-entry]"), hit[1]);
    const over = line.classList.contains("rcv-too-much");
    line.scrollIntoView({ block: "center" });
    line.classList.remove("rcv-hit");
    void line.offsetWidth;
    line.classList.add("rcv-hit");
    said(`${line.dataset.name}  ${input(line).value} / ${line.dataset.most}`, over ? "no" : "yes");
    gendan.scan(!over);
    return true;
  };
  const send = (code) => {
    const scan = document.querySelector("[data-scan-form]");
    scan.querySelector("[data-scan-input]").value = code;
    scan.requestSubmit();
  };

  gendan.mount("[data-receive-form]", (work) => {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(key(work))); } catch { /* nothing kept */ }
    const entries = work.querySelectorAll("[data-entry]");
    if (kept && kept.counting === "yes" && kept.counted.length === entries.length) {
      work.dataset.counting = kept.counting;
      entries.forEach((entry, n) => ["quantity", "lot", "bin"].forEach((name, i) => { entry.querySelector(`input[name="${name}"]`).value = kept.counted[n][i]; }));
    }
    refresh(work);
    if (work.dataset.counted) count(work, work.dataset.counted);
    else if (document.getElementById("scan-said") && !work.querySelector(".gd-note")) document.getElementById("scan-said").replaceChildren();
    const waiting = sessionStorage.getItem("receive:then");
    if (waiting) { sessionStorage.removeItem("receive:then"); count(work, waiting); }
  });
  gendan.mount("[data-booked]", (booked) => { gendan.changed?.([`gr:${booked.dataset.booked}`], "booked"); for (const name of Object.keys(sessionStorage)) if (name.startsWith("receive:")) sessionStorage.removeItem(name); document.getElementById("scan-said").replaceChildren(); window.scrollTo({ top: 0 }); });

  gendan.mount("[data-undo]", (undo) => {
    let left = Number(undo.dataset.undo);
    const clock = setInterval(() => {
      left -= 1;
      undo.querySelector("[data-seconds]").textContent = String(left);
      if (left <= 0 || !document.contains(undo)) { clearInterval(clock); undo.remove(); }
    }, 1000);
  });

  /* Before the scan goes to the server: does it belong to what lies on the desk? */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-receive] [data-scan-form]")) return;
    const field = event.target.querySelector("[data-scan-input]");
    const work = form();
    if (!work || !field.value.trim()) return;
    if (count(work, field.value)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      field.value = "";
      field.focus();
    }
  }, true);

  document.addEventListener("click", (event) => {
    const work = form();
    const chosen = event.target.closest("[data-code]");
    if (chosen && chosen.closest("[data-receive]")) {
      if (chosen.dataset.then) sessionStorage.setItem("receive:then", chosen.dataset.then);
      send(chosen.dataset.code);
      return;
    }
    if (!work) return;
    const stepper = event.target.closest("[data-step]");
    if (stepper) step(stepper.closest("[data-line]"), stepper.closest("[data-entry]"), Number(stepper.dataset.step));
    if (event.target.closest("[data-over]")) {
      const over = gendan.el("input", { type: "hidden", name: "over", value: "1" });
      work.append(over);
      work.requestSubmit();
      setTimeout(() => over.remove(), 0);
      return;
    }
    if (event.target.closest("[data-fill]")) setAll(work, false);
    if (event.target.closest("[data-zero]")) setAll(work, true);
    const another = event.target.closest("[data-another]");
    if (another) {
      const entry = another.closest("[data-entry]");
      const copy = entry.cloneNode(true);
      copy.querySelector('input[name="quantity"]').value = "0";
      copy.querySelector('input[name="lot"]').value = "";
      entry.after(copy);
      copy.querySelector('input[name="lot"]').focus();
    }
  });
  document.addEventListener("focusin", (event) => { if (event.target.matches?.('[data-receive-form] input[name="quantity"]')) event.target.select(); });
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("[data-receive-form]")) return;
    refresh(form());
    keep(form());
  });
  /* Enter in a field of the desk goes on to the next one, it does not book. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-receive-form] input")) return;
    event.preventDefault();
    const fields = [...form().querySelectorAll("input:not([type=hidden])")];
    (fields[fields.indexOf(event.target) + 1] || form().querySelector(".rcv-book")).focus();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const work = form();
    if (event.detail.elt !== work) return;
    const missing = [...work.querySelectorAll("[data-entry]")].find((entry) => Number(entry.querySelector('input[name="quantity"]').value) > 0 && entry.querySelector("[data-lot]")?.value.trim() === "");
    if (!missing) return;
    event.preventDefault();
    const lot = missing.querySelector("[data-lot]");
    lot.classList.add("is-invalid");
    lot.focus();
    said(lot.placeholder, "no");
    gendan.scan(false);
  }, true); // before feedback.js shows that something is under way
})();
