/* «Push to this browser»: asks the browser, and tells the server where it can be reached. */
gendan.mount("[data-push]", (box) => {
  "use strict";
  const button = box.querySelector("button");
  const say = (name) => { for (const each of box.querySelectorAll("[data-push-said]")) each.hidden = each.dataset.pushSaid !== name; };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
    button.hidden = true;
    say("unable");
    return;
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") { say("denied"); return; }
      const registration = await navigator.serviceWorker.register(box.dataset.worker);
      const asked = { userVisibleOnly: true, applicationServerKey: bytes(box.dataset.push) };
      const subscription = (await registration.pushManager.subscribe(asked)).toJSON();
      const form = box.querySelector("form");
      form.elements.endpoint.value = subscription.endpoint;
      form.elements.key.value = subscription.keys.p256dh;
      form.elements.auth.value = subscription.keys.auth;
      form.requestSubmit();
    } catch (error) {
      say("failed");
    } finally {
      button.disabled = false;
    }
  });
});
