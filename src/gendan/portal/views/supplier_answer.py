"""What a supplier's form says about lines: fields are named by the line that they belong to."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, is_empty, to_date, to_integer, to_number
from gendan.portal.rules import LineAnswer, Part

MOST_LINES, PARTS = 2000, 4


def answers_in(posted: QueryDict) -> list[LineAnswer]:
    """The lines of which something was said. Errors: Invalid, by field."""
    problems: dict[str, str] = {}
    found: list[LineAnswer] = []
    for text in posted.getlist("line")[:MOST_LINES]:
        try:
            line = to_integer(text)
        except BadValue:
            continue
        kind = posted.get(f"kind-{line}", "")
        if kind:
            found.append(_line(posted, line, kind, problems))
    if problems:
        raise Invalid({**problems})
    return found


def _line(posted: QueryDict, line: int, kind: str, problems: dict[str, str]) -> LineAnswer:
    def word(name: str, most: int = 300) -> str:
        return posted.get(f"{name}-{line}", "").strip()[:most]

    parts: list[Part] = []
    price = None
    if kind in {"change", "substitute"}:
        for n in range(1, PARTS + 1):
            quantity, on = posted.get(f"quantity-{line}-{n}", "").strip(), posted.get(f"on-{line}-{n}", "").strip()
            if quantity or on:
                parts.append(_part(quantity, on, f"{line}-{n}", problems))
        try:
            price = None if is_empty(word("price")) else to_number(word("price"))
        except BadValue as wrong:
            problems[f"price-{line}"] = wrong.text
    return LineAnswer(
        line,
        kind,
        tuple(parts),
        price,
        word("product", 64) if kind == "substitute" else "",
        word("text") if kind == "substitute" else "",
        word("note"),
        word("seen"),
    )


def _part(quantity: str, on: str, place: str, problems: dict[str, str]) -> Part:
    number, day = None, None
    try:
        number = to_number(quantity) if quantity else None
    except BadValue as wrong:
        problems[f"quantity-{place}"] = wrong.text
    try:
        day = to_date(on) if on else None
    except BadValue as wrong:
        problems[f"on-{place}"] = wrong.text
    return Part(number, day)


def readdressed(fields: dict[str, str], lines: list[LineAnswer]) -> dict[str, str]:
    """Problems that the command names by place, as the form names its fields."""
    found = {}
    for name, text in fields.items():
        parts = name.split(".")
        if len(parts) == 3 and parts[0] == "lines" and parts[1].isdigit() and int(parts[1]) < len(lines):
            line = lines[int(parts[1])].line
            field = {"parts": f"on-{line}-1", "quantity": f"quantity-{line}-1", "on": f"on-{line}-1"}.get(
                parts[2], f"{parts[2]}-{line}"
            )
            found[field] = f"#{line} {text}"
        else:
            found[name] = text
    return found or {"lines": _("没有完成")}
