/* Dragging cards: the nearest «+» takes them; a branch goes to another place among its neighbours. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  let justDragged = false;
  flow.dragged = () => justDragged;

  const centre = (element) => { const box = element.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; };

  flow.drag = (room, acts) => {
    const canvas = room.querySelector("[data-canvas]");
    let held = null;

    const nearest = (x, y) => {
      if (held.way) {
        const lanes = [...held.card.closest(".fl-lanes").children].slice(0, -1);
        return lanes.reduce((best, lane) => (Math.abs(centre(lane)[0] - x) < Math.abs(centre(best)[0] - x) ? lane : best));
      }
      let best = null, least = 120;
      for (const gap of room.querySelectorAll(".fl-gap")) {
        const [a, b] = centre(gap), distance = Math.hypot((a - x) / 2, b - y);
        if (distance < least) { least = distance; best = gap; }
      }
      return best;
    };
    const mark = (target) => {
      if (held.target === target) return;
      for (const each of room.querySelectorAll(".is-target, .is-target-left, .is-target-right")) each.classList.remove("is-target", "is-target-left", "is-target-right");
      held.target = target;
      if (!target) return;
      if (!held.way) { target.classList.add("is-target"); return; }
      const lanes = [...target.parentElement.children];
      target.classList.add(lanes.indexOf(target) < lanes.indexOf(held.card.closest(".fl-lane")) ? "is-target-left" : "is-target-right");
    };
    const scroll = (event) => {
      const box = canvas.getBoundingClientRect(), edge = 48;
      if (event.clientY < box.top + edge) canvas.scrollTop -= 14; else if (event.clientY > box.bottom - edge) canvas.scrollTop += 14;
      if (event.clientX < box.left + edge) canvas.scrollLeft -= 14; else if (event.clientX > box.right - edge) canvas.scrollLeft += 14;
    };
    const begin = () => {
      const box = held.card.getBoundingClientRect();
      held.ghost = held.card.cloneNode(true);
      held.ghost.classList.add("fl-ghost");
      held.ghost.style.width = `${box.width}px`;
      held.offset = [held.x - box.left, held.y - box.top];
      document.body.append(held.ghost);
      held.card.classList.add("is-taken");
      room.classList.add("is-moving");
    };
    const end = () => {
      if (!held) return;
      held.ghost?.remove();
      held.card.classList.remove("is-taken");
      room.classList.remove("is-moving");
      for (const each of room.querySelectorAll(".is-target, .is-target-left, .is-target-right")) each.classList.remove("is-target", "is-target-left", "is-target-right");
      held = null;
    };

    room.addEventListener("pointerdown", (event) => {
      const card = event.target.closest(".fl-card[data-key]");
      const grip = event.target.closest("[data-grip]");
      if (!card || !card.querySelector("[data-grip]") || !acts.can() || event.button) return;
      if (event.pointerType !== "mouse" && !grip) return;
      held = { card, key: card.dataset.key, way: "way" in card.dataset, x: event.clientX, y: event.clientY, id: event.pointerId };
    });
    document.addEventListener("pointermove", (event) => {
      if (!held || event.pointerId !== held.id) return;
      if (!held.ghost && Math.hypot(event.clientX - held.x, event.clientY - held.y) < 6) return;
      if (!held.ghost) begin();
      held.ghost.style.left = `${event.clientX - held.offset[0]}px`;
      held.ghost.style.top = `${event.clientY - held.offset[1]}px`;
      scroll(event);
      mark(nearest(event.clientX, event.clientY));
    });
    document.addEventListener("pointerup", (event) => {
      if (!held || event.pointerId !== held.id) return;
      const { ghost, target, key, way } = held;
      end();
      if (!ghost) return;
      justDragged = true;
      setTimeout(() => { justDragged = false; });
      if (!target) return;
      if (way) acts.reorder(key, target.querySelector("[data-way]").dataset.key);
      else acts.drop(key, target.dataset.owner, Number(target.dataset.at));
    });
    document.addEventListener("pointercancel", end);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held?.ghost) { end(); event.stopPropagation(); } }, true);
  };
})();
