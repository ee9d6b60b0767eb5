/* On the page where people sign in: the handheld application that this device kept for who was signed in before is dropped,
   so that without a network nobody scans in another's name. What was scanned stays, for its owner. */
(function () {
  "use strict";
  const { page } = document.currentScript.dataset;
  window.caches?.keys().then((names) => names.filter((name) => name.startsWith("gendan-handheld-")).forEach((name) => caches.open(name).then((kept) => kept.delete(page)))).catch(() => { /* nothing is kept here */ });
})();
