/* A flow's definition as a tree: finding, adding, moving, copying, and every step back and forth. No page in here. */
(function () {
  "use strict";
  const flow = window.gendanFlow = window.gendanFlow || {};

  const lists = (node) => (node.type === "branch" ? node.branches : []);

  /* Every node and every branch, in the order of the drawing: fn({node | branch, list, at, split}). */
  const walk = (nodes, fn, split = null, branch = null) => {
    nodes.forEach((node, at) => {
      fn({ key: node.key, node, list: nodes, at, split, inside: branch });
      lists(node).forEach((each, index) => {
        fn({ key: each.key, branch: each, list: node.branches, at: index, split: node, inside: branch });
        walk(each.nodes, fn, node, each);
      });
    });
  };

  const find = (definition, key) => {
    let found = null;
    walk(definition.nodes, (place) => { if (place.key === key && !found) found = place; });
    return found;
  };

  const keys = (definition) => {
    const all = new Set();
    walk(definition.nodes, (place) => all.add(place.key));
    return all;
  };

  const newKey = (taken, type) => {
    let n = 1;
    while (taken.has(`${type}${n}`)) n += 1;
    taken.add(`${type}${n}`);
    return `${type}${n}`;
  };

  /* The list that a place names: "" is the trunk, otherwise the nodes of a branch. */
  const listOf = (definition, owner) => (owner ? find(definition, owner)?.branch?.nodes : definition.nodes);

  const insert = (definition, owner, at, node) => { listOf(definition, owner)?.splice(at, 0, node); return node.key; };

  /* A split that has one way left is none: what is on it stays. */
  const remove = (definition, key) => {
    const place = find(definition, key);
    if (!place) return;
    place.list.splice(place.at, 1);
    if (place.branch && place.list.length < 2) {
      const split = find(definition, place.split.key);
      split.list.splice(split.at, 1, ...(place.list[0]?.nodes || []));
    }
    if (place.branch) settle(place.split);
  };

  /* The last way is «otherwise»: it has no condition; every other has one. */
  const settle = (split) => {
    split.branches.forEach((branch, at) => {
      if (at === split.branches.length - 1) delete branch.when;
      else if (branch.when === undefined) branch.when = "";
    });
  };

  const contains = (node, key) => {
    let inside = node.key === key;
    walk([node], (place) => { if (place.key === key) inside = true; });
    return inside;
  };

  /* Move a node before the node that stands at ``at`` of ``owner``; into itself it cannot go. */
  const move = (definition, key, owner, at) => {
    const place = find(definition, key);
    if (!place?.node || (owner && contains(place.node, owner))) return false;
    const target = listOf(definition, owner);
    if (!target) return false;
    const same = target === place.list;
    const to = same && at > place.at ? at - 1 : at;
    if (same && to === place.at) return false;
    place.list.splice(place.at, 1);
    target.splice(to, 0, place.node);
    return true;
  };

  /* Where an arrow takes a card: [owner, at], or nothing. */
  const beside = (definition, { list, at, inside, split }, key) => {
    const owner = inside?.key || "", outer = split && find(definition, split.key), around = outer?.inside?.key || "";
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const other = split?.branches[split.branches.indexOf(inside) + (key === "ArrowRight" ? 1 : -1)];
      return other ? [other.key, Math.min(at, other.nodes.length)] : null;
    }
    const down = key === "ArrowDown", next = list[at + (down ? 1 : -1)];
    if (next?.type === "branch") return [next.branches[0].key, down ? 0 : next.branches[0].nodes.length];
    if (next) return [owner, down ? at + 2 : at - 1];
    return outer ? [around, outer.at + (down ? 1 : 0)] : null;
  };

  /* A branch one place to the left or right; what is last has no condition. */
  const shift = (definition, key, by) => {
    const place = find(definition, key);
    const to = place?.branch ? place.at + by : -1;
    if (to < 0 || to >= place.list.length - 1 || place.at === place.list.length - 1) return false;
    place.list.splice(to, 0, ...place.list.splice(place.at, 1));
    return true;
  };

  const copyOf = (thing, taken) => {
    const copy = JSON.parse(JSON.stringify(thing));
    const rename = (each, type) => { each.key = newKey(taken, type); };
    const renameAll = (nodes) => nodes.forEach((node) => {
      rename(node, node.type);
      lists(node).forEach((branch) => { rename(branch, "way"); renameAll(branch.nodes); });
    });
    if (copy.nodes) { rename(copy, "way"); renameAll(copy.nodes); } else renameAll([copy]);
    return copy;
  };

  /* A copy right behind (a node) or to the right (a branch, which never becomes the last). */
  const duplicate = (definition, key) => {
    const place = find(definition, key);
    if (!place) return null;
    const copy = copyOf(place.node || place.branch, keys(definition));
    const isLast = place.branch && place.at === place.list.length - 1;
    place.list.splice(isLast ? place.at : place.at + 1, 0, copy);
    if (place.branch) settle(place.split);
    return copy.key;
  };

  const addBranch = (definition, key, name) => {
    const split = find(definition, key)?.node;
    if (!split) return null;
    const branch = { key: newKey(keys(definition), "way"), name, when: "", nodes: [] };
    split.branches.splice(split.branches.length - 1, 0, branch);
    return branch.key;
  };

  /* Steps back and forth. Typing in one field is one step. */
  const history = (start) => {
    let past = [], future = [], now = JSON.stringify(start), field = "";
    return {
      get text() { return now; },
      get canUndo() { return past.length > 0; },
      get canRedo() { return future.length > 0; },
      push(definition, what = "") {
        const next = JSON.stringify(definition);
        if (next === now) return false;
        if (!what || what !== field || !past.length) past.push(now);
        if (past.length > 200) past = past.slice(-200);
        [now, field, future] = [next, what, []];
        return true;
      },
      rest() { field = ""; },
      undo() { if (past.length) { future.push(now); now = past.pop(); field = ""; } return JSON.parse(now); },
      redo() { if (future.length) { past.push(now); now = future.pop(); field = ""; } return JSON.parse(now); },
    };
  };

  flow.tree = { walk, find, keys, newKey, insert, remove, move, beside, shift, duplicate, addBranch, history, contains };
})();
