/* Fields of several codes: what is being typed at the end is looked up, a choice is put there. */
(function () {
  "use strict";
  gendan.mount("input[data-codes]", (input) => {
    const typed = () => /[^\s,，、;；]*$/.exec(input.value)[0];
    const address = () => {
      const url = new URL(input.dataset.codes, location.href);
      const warehouse = input.form.elements.warehouse?.value;
      if (warehouse) url.pathname = url.pathname.replace(/\/-$/, `/${encodeURIComponent(warehouse)}`);
      url.searchParams.set("q", typed());
      return url;
    };
    const owner = {
      take: (_input, item) => { input.value = `${input.value.slice(0, input.value.length - typed().length)}${item.value} `; },
      changed: () => input.dispatchEvent(new Event("input", { bubbles: true })),
      inputs: () => [],
    };
    const ask = gendan.debounce(async () => {
      const term = typed();
      if (!term || term.endsWith("*")) { gendan.suggest.close(input); return; }
      const data = await fetch(address(), { headers: { Accept: "application/json" } }).then((answer) => answer.json()).catch(() => ({ items: [] }));
      if (document.activeElement === input && typed() === term && data.items?.length) gendan.suggest.show(owner, input, data.items);
      else gendan.suggest.close(input);
    }, 140);
    input.addEventListener("input", ask);
    input.addEventListener("keydown", (event) => gendan.suggest.key(event, input));
    input.addEventListener("blur", () => setTimeout(() => gendan.suggest.close(input), 150));
  });
})();
