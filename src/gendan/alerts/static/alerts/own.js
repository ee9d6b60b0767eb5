/* The form of a rule of one's own: what can be chosen follows the subject; the condition is written by flow's form. */
(function () {
  "use strict";
  const { el } = gendan;

  gendan.mount("[data-own-rule]", (room) => {
    const data = JSON.parse(document.getElementById("own-rule-data").textContent);
    const flow = window.gendanFlow;
    flow.useTexts(data.texts);
    const find = (name) => room.querySelector(name);
    const subject = find("[data-subject]"), trigger = find("[data-trigger]"), field = find("[name=field]");
    const condition = find("[name=condition]"), events = find("[data-events]"), owner = find("[data-owner]");

    const option = (chosen) => ([value, label]) => el("option", { value, selected: value === chosen }, label);
    const box = ([value, label]) => el("label", { class: "form-check" },
      el("input", { class: "form-check-input", type: "checkbox", name: "events", value, checked: data.events.includes(value) }),
      el("span", { class: "form-check-label" }, label));

    const drawCondition = () => {
      const known = data.subjects[subject.value];
      const change = (text) => { condition.value = text; condition.dispatchEvent(new Event("input", { bubbles: true })); };
      find("[data-condition]").replaceChildren(flow.fields.condition({ fields: known.fields }, condition.value, change));
    };
    const draw = () => {
      const known = data.subjects[subject.value];
      field.replaceChildren(...known.dates.map(option(data.field)));
      events.replaceChildren(...known.events.map(box));
      for (const choice of trigger.options) {
        choice.disabled = (choice.value === "date" && !known.dates.length) || (choice.value === "event" && !known.events.length);
      }
      if (trigger.selectedOptions[0]?.disabled) trigger.value = "state";
      const helps = data.remedies[subject.value];
      for (const choice of room.querySelectorAll("[name=remedies]")) {
        choice.closest("label").hidden = !choice.checked && !helps.includes(choice.value);
      }
      find("#field-remedies").hidden = !room.querySelector("label:not([hidden]) > [name=remedies]");
      drawCondition();
      show();
    };
    const show = () => {
      for (const part of room.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== trigger.value;
      find("[data-owner-value]").hidden = !["person", "expression"].includes(owner.value);
    };
    field.addEventListener("change", () => { data.field = field.value; });
    subject.addEventListener("change", () => { condition.value = ""; draw(); });
    trigger.addEventListener("change", show);
    owner.addEventListener("change", show);
    draw();
  });
})();
