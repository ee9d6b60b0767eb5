/* The board of exceptions: cards are taken to another state by hand or keyboard. */
(function () {
  "use strict";
  const columnOf = (card) => card.closest("[data-state]");

  const post = async (board, card, verb, reason) => {
    const body = new URLSearchParams({ version: card.dataset.version, _key: crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2) });
    if (reason) body.set("reason", reason);
    const answer = await fetch(card.dataset.do.replace(/-$/, verb), {
      method: "POST", body, headers: { "X-CSRFToken": gendan.csrf(), Accept: "application/json" }, redirect: "manual",
    }).catch(() => null);
    if (!answer) return gendan.problem(gendan.text("offline"));
    if (answer.type !== "opaqueredirect" && !answer.ok) {
      const told = await answer.text();
      const box = new DOMParser().parseFromString(told, "text/html").querySelector(".gd-problem-text");
      let message = box ? box.textContent.trim() : "";
      try { message = JSON.parse(told).message || message; } catch { /* a page */ }
      gendan.problem(message || gendan.text("offline"));
    }
    return undefined;
  };

  const move = async (board, card, from, to, focus) => {
    const again = () => htmx.trigger(board.closest("[data-live]"), "live");
    const verb = JSON.parse(board.dataset.moves)[from]?.[to];
    if (!verb) { gendan.toast(board.dataset.no); again(); return; }
    let reason = "";
    if (verb === "dismiss") {
      const asked = document.createElement("i");
      Object.assign(asked.dataset, { confirm: board.dataset.dismiss, confirmYes: board.dataset.why, confirmReason: "" });
      const answer = await gendan.ask(asked);
      if (!answer) { again(); return; }
      reason = answer.reason;
    }
    await post(board, card, verb, reason);
    if (focus) {
      const { number } = card.dataset;
      document.addEventListener("htmx:afterSettle", () => document.querySelector(`.al-card[data-number="${CSS.escape(number)}"]`)?.focus(), { once: true });
    }
    again();
  };

  gendan.mount("[data-board]", (board) => {
    if (window.Sortable && Object.keys(JSON.parse(board.dataset.moves)).length) {
      for (const list of board.querySelectorAll(".al-cards")) {
        new Sortable(list, {
          group: "cases", sort: false, animation: 120, delay: 150, delayOnTouchOnly: true, ghostClass: "al-ghost",
          onEnd: (event) => { if (event.from !== event.to) move(board, event.item, event.from.dataset.state, event.to.dataset.state, false); },
        });
      }
    }
    board.addEventListener("keydown", (event) => {
      const card = event.target.closest(".al-card");
      if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
      const lists = [...board.querySelectorAll(".al-cards")];
      const list = columnOf(card);
      const at = lists.indexOf(list);
      const cards = [...list.children];
      const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Enter") location.assign(card.dataset.url);
      else if (event.key === "ArrowDown") cards[cards.indexOf(card) + 1]?.focus();
      else if (event.key === "ArrowUp") cards[cards.indexOf(card) - 1]?.focus();
      else if (side && event.shiftKey) { const next = side < 0 ? lists[0] : lists[at + 1]; if (next && next !== list) move(board, card, list.dataset.state, next.dataset.state, true); }
      else if (side) { for (let i = at + side; lists[i]; i += side) if (lists[i].firstElementChild) { lists[i].firstElementChild.focus(); break; } }
      else return;
      event.preventDefault();
    });
  });
})();
