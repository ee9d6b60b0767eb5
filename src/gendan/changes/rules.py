"""Contents of orders as change orders hold them: compare two, merge two, say what a partner has to agree to.

A content is plain JSON: fields of the header by name, and ``lines``, each with the ``id`` of the order's line (None
while it is new), its ``line`` number, names for people, and the fields that can change. Values are text, written in one
way (``10``, ``2026-12-01``, ``""``), so that equal means unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Content = dict[str, Any]
Line = Mapping[str, Any]
Cell = tuple[str, str, str]

# What is not a change: whose line it is and what people call it.
NAMES = frozenset({"id", "line", "product_name", "unit_name"})
PRICES = frozenset({"unit_price", "discount"})
# What nobody outside has to agree to.
PRIVATE = frozenset({"note", "supplier_reference", "customer_reference", "back_order"})


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs of the header (``kind`` header) or of a line (added, removed, changed)."""

    kind: str
    cells: tuple[Cell, ...]
    line: int | None = None
    product: str = ""
    product_name: str = ""


def text(value: Any) -> str:
    """A value as contents hold it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def fields_of(content: Mapping[str, Any]) -> list[str]:
    """The names of the header's fields."""
    return [name for name in content if name != "lines"]


def cells_of(line: Mapping[str, Any]) -> list[str]:
    """The names of a line's fields that can change."""
    return [name for name in line if name not in NAMES]


def edited(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[int, tuple[int, Line, Line | None]]:
    """The lines of an order that a content changes, by id: the place in the content, as it was, as it shall be (None:
    it is taken out, at place 0).
    """
    wanted = {line["id"]: (n, line) for n, line in enumerate(after["lines"]) if line["id"] is not None}
    found = {line["id"]: (*wanted.get(line["id"], (0, None)), line) for line in before["lines"]}
    return {id_: (n, old, new) for id_, (n, new, old) in found.items() if new != old}


def written_off(quantity: Decimal, ordered: Decimal, cancelled: Decimal) -> tuple[Decimal, Decimal]:
    """A line's quantity and what of it is cancelled when ``quantity`` shall be left of it: what was written off stays
    written off, and a line that is taken out whole stays with what was ordered, all of it cancelled.
    """
    return (quantity + cancelled, cancelled) if quantity else (ordered, ordered)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Diff]:
    """What differs, the header first, then lines in the order of ``after``, at last those that are gone."""
    found = []
    header = _cells(fields_of(after), before, after)
    if header:
        found.append(Diff("header", header))
    old = _by_id(before)
    for line in after["lines"]:
        was = old.pop(line["id"], None) if line["id"] is not None else None
        cells = _cells(cells_of(line), was or {}, line)
        if was is None:
            found.append(_diff("added", line, tuple(cell for cell in cells if cell[2])))
        elif cells:
            found.append(_diff("changed", {**was, "product_name": line.get("product_name", "")}, cells))
    found += [_diff("removed", line, _cells(cells_of(line), line, {})) for line in old.values()]
    return found


def flat(diffs: Sequence[Diff]) -> list[list[str]]:
    """[field, before, after] as events tell it: ``BOLT quantity`` is a field of a line, ``line`` a whole one."""
    told: list[list[str]] = []
    for diff in diffs:
        if diff.kind in {"added", "removed"}:
            side = 2 if diff.kind == "added" else 1
            quantity = next((cell[side] for cell in diff.cells if cell[0] == "quantity"), "")
            whole = f"{diff.product} × {quantity}"
            told.append(["line", "", whole] if diff.kind == "added" else ["line", whole, ""])
            continue
        told += [[f"{diff.product} {name}".strip(), before, after] for name, before, after in diff.cells]
    return told


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Content, list[list[str]]]:
    """``mine`` with what only others changed since ``base``; and what both touched: [field, base, now] as ``flat``."""
    merged: Content = {}
    clashes: list[list[str]] = []
    for name in fields_of(now):
        merged[name] = _one(name, base.get(name, ""), mine.get(name, ""), now[name], clashes)
    before, theirs = _by_id(base), _by_id(now)
    kept: list[Content] = []
    for line in mine["lines"]:
        id_ = line["id"]
        if id_ is None or id_ not in before:
            kept.append({**line, "id": None})
            continue
        old, new = before[id_], theirs.get(id_)
        if new is None:
            if _cells(cells_of(line), old, line):
                clashes.append(["line", _words(old), ""])
            continue
        cells = {n: _one(f"{old['product']} {n}", old[n], line[n], new[n], clashes) for n in cells_of(new)}
        kept.append({**new, **cells})
    mine_ids = {line["id"] for line in mine["lines"]}
    for id_, new in theirs.items():
        if id_ in mine_ids:
            continue
        if id_ not in before:
            kept.append(dict(new))
        elif touched := _cells(cells_of(new), before[id_], new):
            clashes += [[f"{new['product']} {name}", was, is_] for name, was, is_ in touched]
    return {**merged, "lines": kept}, clashes


def raises(diffs: Sequence[Diff]) -> bool:
    """Whether a line is added, or any is to be more or to cost more than it did."""
    return any(
        diff.kind == "added" or (diff.kind == "changed" and any(_is_more(*cell) for cell in diff.cells))
        for diff in diffs
    )


def _is_more(name: str, before: str, after: str) -> bool:
    if name not in {"quantity", "unit_price", "discount"}:
        return False
    more = Decimal(after or 0) - Decimal(before or 0)
    return more < 0 if name == "discount" else more > 0


def must_agree(diffs: Sequence[Diff]) -> bool:
    """Whether the partner has to agree: something differs that is not only ours to know."""
    return any(diff.kind in {"added", "removed"} or {cell[0] for cell in diff.cells} - PRIVATE for diff in diffs)


def hide(content: Mapping[str, Any], names: Set[str] = PRICES) -> Content:
    """The content as somebody sees it from whom these fields are hidden."""
    header = {name: "" if name in names else content[name] for name in fields_of(content)}
    lines = [{name: value for name, value in line.items() if name not in names} for line in content["lines"]]
    return {**header, "lines": lines}


def unhide(content: Mapping[str, Any], known: Mapping[str, Any], names: Set[str] = PRICES) -> Content:
    """What somebody wrote from whom these fields are hidden: they stay as they are; what new lines cost the price list
    says.
    """
    before = _by_id(known)
    header = {name: known[name] if name in names else content[name] for name in fields_of(content)}
    lines = []
    for line in content["lines"]:
        old = before.get(line["id"], {})
        same = old.get("product") == line["product"]
        lines.append({**line, **{name: old[name] if same else "" for name in names if name in line}})
    return {**header, "lines": lines}


def _one(place: str, old: str, mine: str, now: str, clashes: list[list[str]]) -> str:
    """The merged value of one field; ``now`` when only others changed it."""
    if mine == old:
        return now
    if now not in (old, mine):
        clashes.append([place, old, now])
    return mine


def _cells(names: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _diff(kind: str, line: Mapping[str, Any], cells: tuple[Cell, ...]) -> Diff:
    return Diff(kind, cells, line.get("line"), line["product"], line.get("product_name", ""))


def _words(line: Mapping[str, Any]) -> str:
    return f"{line['product']} × {line['quantity']}"


def _by_id(content: Mapping[str, Any]) -> dict[int, Content]:
    return {line["id"]: line for line in content["lines"] if line["id"] is not None}
