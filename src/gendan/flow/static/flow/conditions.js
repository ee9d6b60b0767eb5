/* Conditions: what the form can say, as CEL and back; anything else stays written by hand. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};

  /* Split at an operator, but not within brackets or quotes. */
  const parts = (text, operator = "&&") => {
    const found = [];
    let depth = 0, quote = "", from = 0;
    for (let i = 0; i < text.length; i += 1) {
      const c = text[i];
      if (quote) { if (c === "\\") i += 1; else if (c === quote) quote = ""; continue; }
      if (c === '"' || c === "'") quote = c;
      else if ("([{".includes(c)) depth += 1;
      else if (")]}".includes(c)) depth -= 1;
      else if (!depth && text.startsWith(operator, i)) { found.push(text.slice(from, i)); from = i + 2; i += 1; }
    }
    found.push(text.slice(from));
    return found.map((part) => part.trim());
  };

  const literal = (text) => {
    if (/^-?\d+(\.\d+)?$/.test(text)) return { value: text.replace(/\.0+$/, ""), number: true };
    if (text === "true" || text === "false") return { value: text, flag: true };
    if (/^"([^"\\]|\\.)*"$/.test(text)) { try { return { value: JSON.parse(text) }; } catch { return null; } }
    if (/^'[^'\\]*'$/.test(text)) return { value: text.slice(1, -1) };
    return null;
  };

  const NAME = "[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*";
  const one = (text) => {
    let match = new RegExp(`^(${NAME})\\s*(==|!=|>=|<=|>|<)\\s*(.+)$`).exec(text);
    if (match) { const value = literal(match[3].trim()); return value && { field: match[1], op: match[2], value: value.value }; }
    match = new RegExp(`^(!?)\\(?(${NAME}) in (\\[.*\\])\\)?$`).exec(text);
    if (match) {
      const inner = match[3].slice(1, -1).trim();
      const values = inner ? inner.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((each) => literal(each.trim())) : [];
      return values.every(Boolean) && !(match[1] && !text.startsWith("!(")) ? { field: match[2], op: match[1] ? "notin" : "in", value: values.map((each) => each.value).join(", ") } : null;
    }
    match = new RegExp(`^(!?)\\(?(.+?) in (${NAME})\\)?$`).exec(text);
    if (match) { const value = literal(match[2].trim()); return value && Boolean(match[1]) === text.startsWith("!(") ? { field: match[3], op: match[1] ? "hasnot" : "has", value: value.value } : null; }
    match = new RegExp(`^(!?)(${NAME})\\.contains\\((.+)\\)$`).exec(text);
    if (match) { const value = literal(match[3].trim()); return value && { field: match[2], op: match[1] ? "lacks" : "contains", value: value.value }; }
    match = new RegExp(`^(!?)(${NAME})$`).exec(text);
    if (match) return { field: match[2], op: "==", value: match[1] ? "false" : "true" };
    return null;
  };

  const LINES = /^(!?)(\w+)\.exists\((\w+), ?(.+)\)$/;
  const atom = (text) => {
    const match = LINES.exec(text);
    if (!match) return one(text);
    const [, not, list, name, inner] = match;
    const found = parts(inner).length === 1 ? one(inner) : null;
    const bare = found && found.field.startsWith(`${name}.`) ? found.field.slice(name.length + 1) : "";
    return bare ? { field: `${list}.${bare}`, op: found.op, value: found.value, list, none: not === "!" } : null;
  };

  /* One of several may hold: each by itself, those of lines taken apart. */
  const alternatives = (text) => parts(text, "||").flatMap((part) => {
    const match = LINES.exec(part);
    const inner = match && !match[1] ? parts(match[4], "||") : [];
    return inner.length > 1 ? inner.map((each) => `${match[2]}.exists(${match[3]}, ${each})`) : [part];
  });

  /* Rows of the form, all of which hold, or (any) one of which does; null: written by hand. */
  const parse = (text) => {
    if (!text.trim()) return [];
    const either = alternatives(text), rows = (either.length > 1 ? either : parts(text)).map(atom);
    return rows.every(Boolean) ? Object.assign(rows, { any: either.length > 1 }) : null;
  };

  const quote = (value, type) => {
    if (type === "number") return /^-?\d+$/.test(value) ? `${value}.0` : value;
    if (type === "flag") return value === "false" ? "false" : "true";
    return JSON.stringify(value);
  };
  const written = (name, row, type) => {
    if (row.op === "in" || row.op === "notin") {
      const all = row.value.split(/[,，、]/).map((each) => each.trim()).filter(Boolean).map((each) => quote(each, type)).join(", ");
      return row.op === "in" ? `${name} in [${all}]` : `!(${name} in [${all}])`;
    }
    if (row.op === "has") return `${quote(row.value, "text")} in ${name}`;
    if (row.op === "hasnot") return `!(${quote(row.value, "text")} in ${name})`;
    if (row.op === "contains" || row.op === "lacks") return `${row.op === "lacks" ? "!" : ""}${name}.contains(${quote(row.value, "text")})`;
    return `${name} ${row.op} ${quote(row.value, type)}`;
  };

  /* Rows as CEL; a row without a value says nothing yet. */
  const write = (rows, fields) => rows
    .filter((row) => row.field && String(row.value ?? "").trim() !== "")
    .map((row) => {
      const field = fields[row.field] || {};
      if (!field.list) return written(row.field, row, field.type);
      return `${row.none ? "!" : ""}${field.list}.exists(l, ${written(`l.${row.field.slice(field.list.length + 1)}`, row, field.type)})`;
    })
    .join(rows.any ? " || " : " && ");

  const number = (value) => {
    if (!/^-?\d+(\.\d+)?$/.test(value)) return value;
    const [whole, rest] = value.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
  };
  const shown = (field, value) => {
    if (field.type === "number") return number(value);
    if (field.type === "flag") return flow.text(value === "false" ? "no" : "yes");
    return value.split(/, /).map((each) => flow.text("quoted", { text: each })).join(flow.text("comma"));
  };

  const sentence = (row, fields) => {
    const field = fields[row.field] || { label: row.field };
    if (field.type === "flag" && row.op === "==") return row.value === "false" ? flow.text("is_not", { field: field.label }) : field.label;
    const said = `${row.none ? field.bare : field.label} ${flow.text(`op ${row.op}`)} ${shown(field, row.value)}`;
    return row.none ? flow.text("no_line", { text: said }) : said;
  };

  /* A condition as people say it; one that says more than the words can stays as it is. */
  const words = (text, fields) => {
    if (!text || !text.trim()) return "";
    const found = alternatives(text).map((each) => parse(each));
    if (!found.every(Boolean)) return text;
    return found.map((rows) => rows.map((row) => sentence(row, fields)).join(flow.text("and"))).join(flow.text("or"));
  };

  flow.conditions = { parse, write, words, number };
})();
