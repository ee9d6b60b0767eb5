/* What stands on a card: who, how, until when, in words. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};
  let texts = {};

  flow.text = (key, values) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => (values && name in values ? values[name] : ""));
  flow.useTexts = (given) => { texts = given; };

  const ICONS = { start: "send", approve: "user-plus", stage: "stack-2", inform: "at", branch: "git-branch", wait: "clock", webhook: "world", set: "edit" };

  const who = (one, data) => {
    if (one.by === "person") return data.people[one.value] || one.value;
    if (one.by === "role") return flow.text("role_of", { name: data.roles.find(([code]) => code === one.value)?.[1] || one.value });
    if (one.by === "superior") return flow.text(Number(one.value || 1) === 1 ? "superior" : "superior_n", { n: one.value });
    if (one.by === "expression") return one.value;
    return flow.text(`by ${one.by}`);
  };
  const everyone = (list, data) => (list || []).map((one) => who(one, data)).join(flow.text("comma"));

  const days = (hours) => (hours % data_hours === 0 ? flow.text("days", { n: hours / data_hours }) : flow.text("hours", { n: hours }));
  let data_hours = 8;
  flow.hoursOfDay = (hours) => { data_hours = hours; };

  const fieldOf = (data, name) => data.fields.find((field) => field.name === name)?.label || data.settable.find((field) => field.name === name)?.label || name;

  /* The line of text on a card; "" where nothing is chosen yet. */
  const body = (node, data) => {
    if (["approve", "stage", "inform"].includes(node.type)) return everyone(node.assignees, data);
    if (node.type === "wait") return node.until ? flow.text("wait_until", { field: fieldOf(data, node.until) }) : node.hours ? flow.text("wait_hours", { time: days(Number(node.hours)) }) : "";
    if (node.type === "webhook") return node.url || "";
    if (node.type === "set") return node.field ? flow.text("set_to", { field: fieldOf(data, node.field), value: node.value ?? "" }) : "";
    return "";
  };

  /* The small words below: how many must agree, what happens when nobody answers. */
  const notes = (node) => {
    const found = [];
    const several = (node.assignees || []).length > 1 || (node.assignees || []).some((one) => ["role", "expression"].includes(one.by));
    if (["approve", "stage"].includes(node.type) && (several || node.mode === "some")) found.push(flow.text(`mode ${node.mode || "one"}`, { n: node.need || 2 }));
    if (node.deadline?.hours) found.push(flow.text(`late ${node.deadline.then || "remind"}`, { time: days(Number(node.deadline.hours)) }));
    return found;
  };

  const nameOf = (node) => node.name || flow.text(`type ${node.type}`);

  flow.words = { ICONS, who, everyone, body, notes, days, nameOf, fieldOf };
})();
