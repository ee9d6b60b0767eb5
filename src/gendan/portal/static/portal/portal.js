/* The customer's page: the signature, photos made smaller before they travel, forms that keep what was typed. */
(function () {
  "use strict";
  const WIDEST = 2000, SMALL = 1200000;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* Something is wrong with a line: ask how many and why. */
  for (const button of all("[data-wrong]")) {
    button.addEventListener("click", () => {
      const box = button.parentElement.querySelector("[data-wrongs]");
      box.hidden = false;
      button.setAttribute("aria-expanded", "true");
      box.querySelector("input").focus();
    });
  }

  /* The signature, drawn with a finger, a pen or a mouse. */
  for (const canvas of all("[data-pad]")) {
    const pad = canvas.parentElement, form = canvas.closest("form"), field = form.querySelector("[name=signature]");
    const pen = canvas.getContext("2d");
    let last = null, drawn = 0;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    const clear = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      drawn = 0;
      field.value = "";
      pad.classList.remove("is-set");
    };
    clear();
    canvas.addEventListener("pointerdown", (event) => { last = at(event); canvas.setPointerCapture(event.pointerId); pad.classList.add("is-set"); event.preventDefault(); });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const now = at(event);
      pen.strokeStyle = "#111";
      pen.lineWidth = 4;
      pen.lineCap = pen.lineJoin = "round";
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...now);
      pen.stroke();
      drawn += Math.hypot(now[0] - last[0], now[1] - last[1]);
      last = now;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => { last = null; field.value = drawn > 40 ? canvas.toDataURL("image/png") : ""; });
    }
    form.querySelector("[data-clear]").addEventListener("click", clear);
    /* Who cannot draw (a keyboard, a trembling hand) signs with the name. */
    form.querySelector("[data-type]").addEventListener("click", () => {
      const name = form.querySelector("[data-who]").value.trim();
      if (!name) { form.querySelector("[data-who]").focus(); return; }
      clear();
      pen.fillStyle = "#111";
      pen.font = "italic 84px serif";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(name, canvas.width / 2, canvas.height / 2, canvas.width - 60);
      pad.classList.add("is-set");
      field.value = canvas.toDataURL("image/png");
    });
  }

  /* Photos: how many; a phone's pictures are larger than anybody needs. */
  for (const input of all("[data-photos]")) {
    const label = input.parentElement.querySelector("em"), text = label.textContent;
    input.addEventListener("change", () => {
      input.parentElement.classList.toggle("is-set", input.files.length > 0);
      label.textContent = input.files.length ? text + " × " + input.files.length : text;
    });
  }
  const smaller = async (file) => {
    if (!file.type.startsWith("image/") || file.size < SMALL || !window.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return made && made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch { return file; }
  };

  /* The name is asked once in this browser. */
  const remembered = (() => { try { return localStorage.getItem("gendan-who") || ""; } catch { return ""; } })();
  for (const input of all("[data-who]")) if (!input.value) input.value = remembered;

  const tell = (form, message, fields) => {
    const box = form.querySelector("[data-problem]");
    box.textContent = message;
    box.hidden = false;
    all(".cp-invalid", form).forEach((field) => field.classList.remove("cp-invalid"));
    let first = null;
    for (const name of Object.keys(fields || {})) {
      const field = all("[data-field]", form).find((one) => one.dataset.field === name);
      if (!field) continue;
      field.classList.add("cp-invalid");
      first = first || field;
    }
    (first || box).scrollIntoView({ block: "center", behavior: "smooth" });
    first?.querySelector("input, textarea, select")?.focus({ preventScroll: true });
  };

  for (const form of all("[data-send]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.busy) return;
      form.dataset.busy = "1";
      const button = form.querySelector(".cp-go");
      button.disabled = true;
      const who = form.querySelector("[data-who]");
      try { if (who) localStorage.setItem("gendan-who", who.value); } catch { /* a browser that keeps nothing */ }
      try {
        const body = new FormData(form);
        for (const input of all("input[type=file]", form)) {
          body.delete(input.name);
          for (const file of input.files) body.append(input.name, await smaller(file));
        }
        const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.ok) {
          const there = new URL(answer.url);
          if (there.pathname + there.search === location.pathname + location.search) location.reload(); else location.assign(there);
          return;
        }
        const refusal = await answer.json().catch(() => ({ message: String(answer.status) }));
        tell(form, refusal.message, refusal.data?.fields);
      } catch {
        tell(form, document.body.dataset.offline);
      }
      delete form.dataset.busy;
      button.disabled = false;
    });
  }
})();
