/* One scan field that keeps the focus; a tone and a colour for yes and no. */
(function () {
  "use strict";
  if (gendan.scan) return;
  let audio = null;
  const tone = (frequency, start, length) => {
    const source = audio.createOscillator();
    const volume = audio.createGain();
    source.frequency.value = frequency;
    volume.gain.value = 0.12;
    source.connect(volume).connect(audio.destination);
    source.start(audio.currentTime + start);
    source.stop(audio.currentTime + start + length);
  };
  gendan.scan = (yes) => {
    try {
      audio = audio || new AudioContext();
      if (yes) tone(1320, 0, 0.09); else { tone(220, 0, 0.16); tone(220, 0.22, 0.22); }
    } catch { /* no sound here */ }
    if (!yes) navigator.vibrate?.([120, 60, 120]);
    for (const form of document.querySelectorAll("[data-scan-form]")) {
      form.classList.remove("gd-yes", "gd-no");
      void form.offsetWidth;
      form.classList.add(yes ? "gd-yes" : "gd-no");
      setTimeout(() => form.classList.remove("gd-yes", "gd-no"), 1200);
    }
  };
  const refocus = () => {
    const active = document.activeElement;
    if (active && active !== document.body && gendan.isTyping(active)) return;
    if (document.querySelector("dialog[open]")) return;
    document.querySelector("[data-scan-input]")?.focus({ preventScroll: true });
  };
  gendan.mount("[data-scan-form]", (form) => {
    const input = form.querySelector("[data-scan-input]");
    const waiting = [];
    let busy = false;
    const next = () => {
      busy = false;
      if (!waiting.length) return;
      const typed = input.value;
      input.value = waiting.shift();
      form.requestSubmit();
      input.value = typed;
      if (!busy) next();
    };
    form.addEventListener("htmx:configRequest", (event) => { if (event.detail.elt === form) { busy = true; input.value = ""; } });
    /* The next scan goes when the last one's answer stands on the page: it says where one is and which line came last. */
    form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt === form) setTimeout(next, 50); });
    form.addEventListener("submit", (event) => {
      const code = input.value.trim();
      if (code && !busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (code) waiting.push(code);
      input.value = "";
    }, true);
    refocus();
    setInterval(refocus, 1500);
    /* A scanner types fast, wherever the focus is. */
    document.addEventListener("keydown", (event) => { if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !gendan.isTyping(event.target)) refocus(); });
  });
  gendan.mount("[data-scan]", (answer) => gendan.scan(answer.dataset.scan === "ok"));
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.elt.matches?.("[data-scan-form]")) gendan.scan(false); });
})();
