/* What the device keeps: operations that are not sent yet, and the last seen work. It outlives the browser. */
(function () {
  "use strict";
  const hand = (window.hand = { boot: JSON.parse(document.getElementById("boot").textContent) });
  hand.text = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, String(value)), hand.boot.texts[name] || name);
  hand.key = () => crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");

  let opened = null;
  const open = () => opened || (opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("gendan-handheld", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("operations", { keyPath: "seq", autoIncrement: true });
      asked.result.createObjectStore("kept", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  }));
  const within = async (store, mode, work) => {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  hand.store = {
    add: (operation) => within("operations", "readwrite", (store) => store.add(operation)),
    put: (operation) => within("operations", "readwrite", (store) => store.put(operation)),
    remove: (seq) => within("operations", "readwrite", (store) => store.delete(seq)),
    all: () => within("operations", "readonly", (store) => store.getAll()),
    keep: (id, value) => within("kept", "readwrite", (store) => store.put({ id: `${hand.boot.owner}|${id}`, value, at: Date.now() })),
    kept: (id) => within("kept", "readonly", (store) => store.get(`${hand.boot.owner}|${id}`)),
  };
  navigator.storage?.persist?.().catch(() => { /* the browser decides */ });
})();
