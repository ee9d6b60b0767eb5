/* The rules: a switch is saved at once, other changes when the field is left; the form says what it saves. */
(function () {
  "use strict";
  gendan.mount("form[data-rule]", (form) => {
    const save = form.querySelector("[data-save]");
    const active = form.querySelector("input[name=active]");
    form.querySelector("[data-active]").addEventListener("change", (event) => {
      active.value = event.target.checked ? "on" : "off";
      active.disabled = false;
      form.requestSubmit();
    });
    form.addEventListener("input", (event) => { if (!event.target.matches("[data-active]")) save.hidden = false; });
  });
})();
