/* Keeps the application on the device: its page, scripts, styles and the decoder. What it asks and sends is never kept here. */
"use strict";
const NAME = "gendan-handheld-{{ version }}";
const PAGE = {{ page|json|safe }};
const FILES = {{ files|json|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("gendan-handheld-") && name !== NAME);
  /* The page outlives a new version of its files: the next visit with a network brings the new one. */
  event.waitUntil((async () => {
    const fresh = await caches.open(NAME);
    for (const name of old(await caches.keys())) {
      const kept = await (await caches.open(name)).match(PAGE);
      if (kept && !(await fresh.match(PAGE))) await fresh.put(PAGE, kept);
      await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

async function page(request) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(PAGE, answer.clone());
    if (answer.redirected) await cache.delete(PAGE); /* signed out: nobody's page stays */
    return answer;
  } catch (error) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname)) event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
});
