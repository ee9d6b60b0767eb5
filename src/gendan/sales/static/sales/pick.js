/* Picking: a refusal goes away with the next good scan, and the line that was counted comes into sight. */
(function () {
  "use strict";
  gendan.mount("[data-pick-state]", () => { document.getElementById("scan-said")?.replaceChildren(); document.getElementById("waiting")?.remove(); });
  gendan.mount("[data-pick-hit]", (row) => row.scrollIntoView({ block: "center" }));
  gendan.mount("[data-pick-done]", (done) => done.scrollIntoView({ block: "nearest" }));
})();
