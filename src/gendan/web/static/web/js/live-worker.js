/* One live connection for all tabs of a browser: over HTTP/1.1 it opens six per server, and the seventh page would wait.
   A tab sends {join: address, renew: where a new one is given} and {leave: true}; it hears {kind: "joined" | "ready" | "change" | "error", data}. */
"use strict";
const streams = new Map(); // company.user at an address -> {url, renew, source, ports, isReady, failures}

/* A ticket begins with company and user; tabs of different companies hear different things. */
const keyOf = (address) => {
  const url = new URL(address);
  return `${url.origin}${url.pathname} ${(url.searchParams.get("ticket") || "").split(".").slice(0, 2).join(".")}`;
};
const tell = (stream, message) => { for (const port of stream.ports) port.postMessage(message); };

const open = (key, stream) => {
  stream.source = new EventSource(stream.url);
  stream.source.addEventListener("ready", () => {
    stream.isReady = true;
    stream.failures = 0;
    tell(stream, { kind: "ready" });
  });
  stream.source.addEventListener("change", (event) => tell(stream, { kind: "change", data: event.data }));
  stream.source.addEventListener("error", () => {
    stream.isReady = false;
    stream.failures += 1;
    tell(stream, { kind: "error" });
    if (stream.source.readyState !== EventSource.CLOSED) return; // it tries again by itself
    again(key, stream);
  });
};
/* Closed for good: the ticket is old, perhaps. A new one may come for another company, chosen in another tab meanwhile. */
const again = (key, stream) => setTimeout(async () => {
  if (streams.get(key) !== stream) return;
  const answer = await fetch(stream.renew, { headers: { Accept: "application/json" } }).catch(() => null);
  const url = answer?.ok ? (await answer.json().catch(() => ({}))).url : "";
  if (streams.get(key) !== stream) return;
  if (url && keyOf(url) === key) {
    stream.url = url;
    open(key, stream);
  } else {
    stream.failures += 1;
    again(key, stream);
  }
}, Math.min(60000, 2000 * 2 ** stream.failures));

const leave = (port) => {
  const stream = streams.get(port.key);
  if (!stream) return;
  stream.ports.delete(port);
  if (stream.ports.size) return;
  stream.source.close();
  streams.delete(port.key);
};

self.addEventListener("connect", (connected) => {
  const port = connected.ports[0];
  port.addEventListener("message", (event) => {
    leave(port);
    if (!event.data.join) return;
    port.key = keyOf(event.data.join);
    const stream = streams.get(port.key) || { ports: new Set(), isReady: false, failures: 0 };
    stream.renew = event.data.renew;
    stream.url = event.data.join; // the newest ticket is good for the longest
    stream.ports.add(port);
    if (!streams.has(port.key)) { streams.set(port.key, stream); open(port.key, stream); }
    port.postMessage({ kind: stream.isReady ? "ready" : stream.failures ? "error" : "joined" });
  });
  port.start();
});
