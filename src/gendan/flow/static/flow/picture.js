/* A drawing to look at: two versions side by side, with what differs marked. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  gendan.mount("[data-flow-picture]", (canvas) => {
    const data = JSON.parse(document.getElementById("flow-data").textContent);
    flow.useTexts(data.texts);
    flow.hoursOfDay(data.hours);
    const side = data.sides[Number(canvas.dataset.flowPicture)];
    const tree = canvas.querySelector(".fl-tree");
    flow.draw(tree, { definition: side.definition, data, byName: Object.fromEntries(data.fields.map((field) => [field.name, field])), findings: {}, changed: side.changed, may: false, stops: [], selected: null });
    for (const card of tree.querySelectorAll("button")) card.tabIndex = -1;
    const room = canvas.clientWidth / tree.scrollWidth;
    if (room < 1) tree.style.zoom = Math.max(0.6, room);
    canvas.scrollLeft = (canvas.scrollWidth - canvas.clientWidth) / 2;
  });
})();
