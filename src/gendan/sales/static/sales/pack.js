/* Packing: another parcel takes what is left; each line says what is still outside. */
(function () {
  "use strict";
  const plain = (value) => String(Number(value.toFixed(6)));
  const boxes = (pack) => [...pack.querySelectorAll("[data-box]")];
  const field = (box, line) => box.querySelector(`[data-line="${line}"] input[name="quantity"]`);
  const lines = (pack) => [...boxes(pack)[0].querySelectorAll("[data-line]")].map((each) => each.dataset.line);
  const left = (pack, line) => Number(field(boxes(pack)[0], line).dataset.of) - boxes(pack).reduce((sum, box) => sum + (Number(field(box, line).value) || 0), 0);

  const refresh = (pack) => {
    for (const line of lines(pack)) {
      const rest = Number(left(pack, line).toFixed(6));
      for (const box of boxes(pack)) {
        const shown = box.querySelector(`[data-line="${line}"] [data-left]`);
        shown.textContent = rest === 0 ? pack.dataset.all : `${rest < 0 ? pack.dataset.over : pack.dataset.rest} ${plain(Math.abs(rest))} ${field(box, line).dataset.unit}`;
        shown.classList.toggle("dn-over", rest < 0);
      }
    }
    boxes(pack).forEach((box, n) => {
      box.querySelector("[data-no]").textContent = String(n + 1);
      box.querySelector("[data-remove]").hidden = boxes(pack).length === 1;
    });
  };
  gendan.mount("[data-pack]", (pack) => {
    refresh(pack);
    pack.addEventListener("input", () => refresh(pack));
    pack.addEventListener("click", (event) => {
      if (event.target.closest("[data-add-box]")) {
        const last = boxes(pack).at(-1);
        const copy = last.cloneNode(true);
        for (const input of copy.querySelectorAll("input")) input.value = "";
        copy.querySelector("small").textContent = "";
        for (const line of lines(pack)) field(copy, line).value = plain(Math.max(0, left(pack, line)));
        last.after(copy);
        copy.querySelector('input[name="quantity"]').focus();
        refresh(pack);
      }
      const removed = event.target.closest("[data-remove]");
      if (removed && boxes(pack).length > 1) {
        removed.closest("[data-box]").remove();
        refresh(pack);
      }
    });
  });

  /* What is neither refused nor short was accepted. */
  gendan.mount("[data-sign]", (form) => {
    const count = () => {
      for (const row of form.querySelectorAll("[data-sent]")) {
        const off = ["refused", "short"].reduce((sum, name) => sum + (Number(row.querySelector(`input[name="${name}"]`).value) || 0), 0);
        const accepted = Number((Number(row.dataset.sent) - off).toFixed(6));
        const shown = row.querySelector("[data-accepted]");
        shown.textContent = plain(accepted);
        shown.classList.toggle("dn-over", accepted < 0);
        row.querySelector('input[name="why"]').required = off > 0;
      }
    };
    form.addEventListener("input", count);
    count();
  });
})();
