/* Elements, sound and colour, questions: what every screen is made of. */
(function () {
  "use strict";
  const { boot, text } = window.hand;
  const hand = window.hand;

  hand.el = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  };
  hand.icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "gd-icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${boot.icons}#${name}`);
    svg.append(use);
    return svg;
  };

  let audio = null;
  const tone = (frequency, start, length) => {
    const source = audio.createOscillator();
    const volume = audio.createGain();
    source.frequency.value = frequency;
    volume.gain.value = 0.15;
    source.connect(volume).connect(audio.destination);
    source.start(audio.currentTime + start);
    source.stop(audio.currentTime + start + length);
  };
  const SOUNDS = { yes: [[1320, 0, 0.09]], wait: [[880, 0, 0.07], [880, 0.12, 0.07]], no: [[220, 0, 0.16], [220, 0.22, 0.22]] };
  /* kind: yes (counted), wait (kept on the device), no (refused) */
  hand.say = (kind, said) => {
    const box = document.getElementById("said");
    if (box) {
      box.className = `hh-said hh-${kind}`;
      box.replaceChildren(hand.icon(kind === "yes" ? "check" : kind === "wait" ? "cloud-upload" : "x"), hand.el("span", {}, said));
      box.dataset.kind = kind;
      box.dataset.turn = String(Number(box.dataset.turn || 0) + 1);
    }
    try {
      audio = audio || new AudioContext();
      for (const each of SOUNDS[kind]) tone(...each);
    } catch { /* no sound here */ }
    if (kind === "no") navigator.vibrate?.([120, 60, 120]);
    document.body.classList.remove("hh-flash-yes", "hh-flash-wait", "hh-flash-no");
    void document.body.offsetWidth;
    document.body.classList.add(`hh-flash-${kind}`);
  };

  /* A question over the screen; answers its fields, or null. fields: [{name, label, type, value}] */
  hand.ask = (title, fields, yes = text("confirm"), extra = []) => new Promise((resolve) => {
    const inputs = fields.map((field) => hand.el("label", { class: "hh-field" }, hand.el("span", {}, field.label), hand.el("input", { name: field.name, type: field.type || "text", value: field.value || "", inputmode: field.mode, autocomplete: "off", required: field.required !== false })));
    /* The field that gets the focus back from the dialog takes no keys in Chromium until it was left and entered again. */
    const end = (value) => { dialog.close(); dialog.remove(); document.activeElement?.blur(); hand.focus(); resolve(value); };
    const buttons = extra.map(([label, value]) => hand.el("button", { class: "hh-button", type: "button", onclick: () => end(value) }, label));
    const form = hand.el("form", { class: "hh-ask", onsubmit: (event) => { event.preventDefault(); end(Object.fromEntries(new FormData(form))); } }, hand.el("h2", {}, title), inputs, buttons,
      yes && hand.el("button", { class: "hh-button hh-primary", type: "submit" }, yes), hand.el("button", { class: "hh-button", type: "button", onclick: () => end(null) }, text("cancel")));
    const dialog = hand.el("dialog", { class: "hh-dialog", oncancel: (event) => { event.preventDefault(); end(null); } }, form);
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector("input")?.focus();
  });

  /* A scanner types fast and ends with Enter, wherever the focus was. GS1 separators come as Ctrl-] from most of them. */
  hand.focus = () => {
    if (document.querySelector("dialog[open]")) return;
    const active = document.activeElement;
    if (active && active.matches("input, textarea, select") && active.id !== "scan") return;
    document.getElementById("scan")?.focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    const scan = document.getElementById("scan");
    if (!scan || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) {
      event.preventDefault();
      scan.value += "\u001d";
      return;
    }
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) hand.focus();
  });
  setInterval(hand.focus, 1200);
})();
