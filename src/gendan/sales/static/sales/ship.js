/* Many deliveries at once: one carrier for all, tracking numbers pasted as a column. */
(function () {
  "use strict";
  const fields = (name) => [...document.querySelectorAll(`[data-ship-many] input[name="${name}"]`)];
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-carrier-all]")) for (const field of fields("carrier")) field.value = event.target.value;
  });
  document.addEventListener("paste", (event) => {
    if (!event.target.matches?.('[data-ship-many] input[name="tracking_number"]')) return;
    const values = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.split("\t")[0].trim());
    while (values.length && !values.at(-1)) values.pop();
    if (values.length < 2) return;
    event.preventDefault();
    const rows = fields("tracking_number");
    values.forEach((value, n) => { const field = rows[rows.indexOf(event.target) + n]; if (field) field.value = value; });
  });
  /* Enter (a scanner sends one) goes on to the next delivery. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.('[data-ship-many] input[name="tracking_number"]')) return;
    event.preventDefault();
    const rows = fields("tracking_number");
    rows[rows.indexOf(event.target) + 1]?.focus();
  });
})();
