/* The board of shipments under way: a card is put where its own command takes it, by hand or keyboard. */
(function () {
  "use strict";

  /* The card that has the focus keeps it when the board is fetched anew, as often as that is. */
  let held = "";
  document.addEventListener("focusin", (event) => { held = event.target.closest(".tp-card")?.dataset.number || ""; });

  const put = async (board, card, to, focus) => {
    const again = () => htmx.trigger(board.closest("[data-live]"), "live");
    const address = JSON.parse(card.dataset.moves)[to];
    if (!address) { gendan.toast(board.dataset.no); again(); return; }
    const body = new URLSearchParams({ version: card.dataset.version, _key: crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2) });
    const answer = await fetch(address, {
      method: "POST", body, headers: { "X-CSRFToken": gendan.csrf(), Accept: "application/json" }, redirect: "manual",
    }).catch(() => null);
    if (!answer) gendan.problem(gendan.text("offline"));
    else if (answer.type !== "opaqueredirect" && !answer.ok) {
      const told = await answer.text();
      const box = new DOMParser().parseFromString(told, "text/html").querySelector(".gd-problem-text");
      let message = box ? box.textContent.trim() : "";
      try { message = JSON.parse(told).message || message; } catch { /* a page */ }
      gendan.problem(message || gendan.text("offline"));
    }
    if (focus) held = card.dataset.number;
    again();
  };

  gendan.mount("[data-arrivals]", (board) => {
    const lists = [...board.querySelectorAll(".tp-cards")];
    if (held && document.activeElement === document.body) board.querySelector(`.tp-card[data-number="${CSS.escape(held)}"]`)?.focus();
    if (window.Sortable && [...board.querySelectorAll(".tp-card")].some((card) => card.dataset.moves !== "{}")) {
      for (const list of lists) {
        new Sortable(list, {
          group: "arrivals", sort: false, animation: 120, delay: 150, delayOnTouchOnly: true, ghostClass: "tp-ghost",
          onEnd: (event) => { if (event.from !== event.to) put(board, event.item, event.to.dataset.column, false); },
        });
      }
    }
    board.addEventListener("keydown", (event) => {
      const card = event.target.closest(".tp-card");
      if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
      const list = card.closest(".tp-cards");
      const at = lists.indexOf(list);
      const cards = [...list.children];
      const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Enter") location.assign(card.dataset.url);
      else if (event.key === "ArrowDown") cards[cards.indexOf(card) + 1]?.focus();
      else if (event.key === "ArrowUp") cards[cards.indexOf(card) - 1]?.focus();
      else if (side && event.shiftKey) { const next = lists[at + side]; if (next) put(board, card, next.dataset.column, true); }
      else if (side) { for (let i = at + side; lists[i]; i += side) if (lists[i].firstElementChild) { lists[i].firstElementChild.focus(); break; } }
      else return;
      event.preventDefault();
    });
  });
})();
