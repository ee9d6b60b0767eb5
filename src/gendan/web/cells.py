"""The cells of a list: one function per kind of value, one place that knows how each looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from markupsafe import Markup, escape

from gendan.web import format as fmt

# One tone per state code: quiet (nothing to do), wait (someone must act), run (under way), done, bad.
TONES = {
    "draft": "quiet", "cancelled": "quiet", "closed": "quiet", "reversed": "quiet", "void": "quiet",
    "inactive": "quiet", "dismissed": "quiet", "withdrawn": "quiet", "archived": "quiet", "superseded": "quiet",
    "pending_approval": "wait", "pending_review": "wait", "to_inspect": "wait", "arrived": "wait", "review": "wait",
    "awaiting_partner": "wait", "waiting": "wait", "approved": "run", "confirmed": "run", "partly_ordered": "run",
    "partly_shipped": "run", "partly_received": "run", "shipped": "run", "in_transit": "run", "announced": "run",
    "to_pick": "wait", "to_ship": "wait", "picking": "run", "packed": "run", "signed": "done",
    "counting": "run", "open": "run", "in_progress": "run", "running": "run", "partial": "run",
    "ordered": "done", "received": "done", "posted": "done", "accepted": "done", "active": "done", "done": "done",
    "resolved": "done", "completed": "done", "ok": "done", "on_time": "done",
    "sent": "run", "won": "done", "lost": "bad",
    "rejected": "bad", "refused": "bad", "failed": "bad", "late": "bad", "mismatch": "bad", "overdue": "bad",
}  # fmt: skip


def status(state: str, label: object = "", tone: str = "") -> Markup:
    """A dot and a word; the dot's colour only repeats what the word says."""
    kind, word = escape(tone or TONES.get(state, "quiet")), escape(str(label) or state)
    return Markup(f'<span class="gd-status gd-tone-{kind}"><i aria-hidden="true"></i>{word}</span>')


def bar(
    ordered: fmt.Number,
    confirmed: fmt.Number = 0,
    shipped: fmt.Number = 0,
    received: fmt.Number = 0,
    cancelled: fmt.Number = 0,
    unit: str = "",
    numbers: bool = True,
    refused: fmt.Number = 0,
) -> Markup:
    """How far one line is: ordered, confirmed, shipped, received, outstanding; every figure on hover.

    ``refused`` is what the supplier will not deliver, as far as nothing else covers it.
    """
    wanted, sure, sent, got, gone, no = (
        fmt.decimal_of(v) or Decimal(0) for v in (ordered, confirmed, shipped, received, cancelled, refused)
    )
    whole = max(wanted, got, sent, Decimal(0)) or Decimal(1)
    no = min(no, max(wanted - gone - max(got, sent, min(sure, whole)), Decimal(0)))
    room = max(whole - gone, Decimal(0))  # what was cancelled is neither confirmed nor under way any more
    upto = (("received", got), ("shipped", min(sent, room)), ("confirmed", min(sure, room)))
    parts = _bar_parts(whole, upto, (("refused", no), ("cancelled", gone)))
    said = _bar_said(wanted, sure, sent, got, gone)
    refusal = gettext("拒绝 %(n)s") % {"n": fmt.qty(no).striptags()} if no > 0 else ""
    if refusal:
        said += f" · {refusal}"
    over = " gd-bar-over" if got > wanted - gone else ""
    tail = f'<span class="gd-bar-text">{fmt.qty(got)}<b>/</b>{fmt.qty(wanted - gone, unit)}</span>' if numbers else ""
    if numbers and refusal:
        tail += f'<span class="gd-bar-no">{escape(refusal)}</span>'
    title = escape(said)
    return Markup(
        f'<span class="gd-bar{over}" role="img" aria-label="{title}" title="{title}">'
        f'<span class="gd-bar-track">{parts}</span>{tail}</span>'
    )


def _bar_said(wanted: Decimal, sure: Decimal, sent: Decimal, got: Decimal, gone: Decimal) -> str:
    """The figures of a bar in words."""
    said = gettext("订购 %(ordered)s · 确认 %(confirmed)s · 发货 %(shipped)s · 入库 %(received)s · 未交 %(open)s") % {
        "ordered": fmt.plain_qty(wanted),
        "confirmed": fmt.plain_qty(sure),
        "shipped": fmt.plain_qty(sent),
        "received": fmt.plain_qty(got),
        "open": fmt.plain_qty(max(wanted - gone - got, Decimal(0))),
    }
    return said + (f" · {gettext('已取消')} {fmt.plain_qty(gone)}" if gone > 0 else "")


def _bar_parts(whole: Decimal, upto: Iterable[tuple[str, Decimal]], more: Iterable[tuple[str, Decimal]]) -> str:
    """The coloured parts of a bar: each of ``upto`` reaches on from the one before, those of ``more`` stand beside."""
    widths, reached = [], Decimal(0)
    for name, value in upto:
        widths.append((name, max(min(value, whole) - reached, Decimal(0))))
        reached += widths[-1][1]
    widths += [(name, min(value, whole)) for name, value in more]
    return "".join(
        f'<i class="gd-bar-{name}" style="width:{float(width / whole * 100):.2f}%"></i>'
        for name, width in widths
        if width > 0
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list. ``card`` is its place on a phone: 1 title, 2 and 3 the facts beside it."""

    key: str
    label: str
    kind: str = "text"
    sort: str = ""
    card: int = 0
    width: str = ""
    link: tuple[str, ...] = ()
    unit: str = ""
    currency: str = ""
    late: str = ""
    second: str = ""
    labels: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False
    hint: str = ""

    @property
    def right(self) -> bool:
        """Numbers stand on the right, so that digits meet."""
        return self.kind in {"number", "money", "price", "percent", "integer", "figure"}


def column(key: str, label: object, kind: str = "text", **options: Any) -> Column:
    """Declare a column in a template: ``column("number", _("单号"), sort="number", card=1)``."""
    return Column(key=key, label=str(label), kind=kind, **options)


def value_of(row: Any, path: str) -> Any:
    """Read ``supplier.name`` from objects or dictionaries; None where something on the way is missing."""
    for name in path.split("."):
        if row is None:
            return None
        row = row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)
        if callable(row):
            row = row()
    return row


def _text(row: Any, col: Column, value: Any) -> Markup:
    if value is None or value == "":
        return fmt.NOTHING
    text = escape(str(value))
    return Markup(f'<span class="gd-cut" title="{text}">{text}</span>')


def _long(row: Any, col: Column, value: Any) -> Markup:
    """A sentence, shown whole."""
    return fmt.NOTHING if value is None or value == "" else Markup('<span class="gd-long">{}</span>').format(value)


def _status(row: Any, col: Column, value: Any) -> Markup:
    label = col.labels.get(str(value)) or value_of(row, f"{col.key}_label") or value_of(row, f"get_{col.key}_display")
    return status(str(value), label or "")


def _date(row: Any, col: Column, value: Any) -> Markup:
    late = value_of(row, col.late) if col.late else None
    return fmt.day(value, late=int(late) if late else None)


def _bar(row: Any, col: Column, value: Any) -> Markup:
    source = value if col.key not in {"", "bar"} and value is not None else row
    ordered, confirmed, shipped, received, cancelled = (
        value_of(source, name) or 0 for name in ("ordered", "confirmed", "shipped", "received", "cancelled")
    )
    refused = value_of(source, "refused") or 0
    return bar(ordered, confirmed, shipped, received, cancelled, unit=_named(row, col.unit), refused=refused)


def _named(row: Any, name: str) -> str:
    """A unit or currency given as an attribute of the row, or written out."""
    found = value_of(row, name) if name else ""
    return str(found) if found else (name if name.isupper() else "")


def _boolean(row: Any, col: Column, value: Any) -> Markup:
    return Markup("{}").format(gettext("是")) if value else fmt.NOTHING


KINDS: dict[str, Callable[[Any, Column, Any], Markup]] = {
    "text": _text,
    "long": _long,
    "status": _status,
    "date": _date,
    "bar": _bar,
    "yesno": _boolean,
    "number": lambda row, col, value: fmt.qty(value, _named(row, col.unit)),
    "integer": lambda row, col, value: fmt.qty(value),
    "money": lambda row, col, value: fmt.money(value, _named(row, col.currency)),
    "price": lambda row, col, value: fmt.price(value, _named(row, col.currency)),
    "percent": lambda row, col, value: fmt.percent(value),
    "time": lambda row, col, value: fmt.moment(value),
    "ago": lambda row, col, value: fmt.ago(value),
    "code": lambda row, col, value: Markup('<span class="gd-code">{}</span>').format(value) if value else fmt.NOTHING,
    "html": lambda row, col, value: escape(value),
    "figure": lambda row, col, value: escape(value),
}


def link_of(row: Any, link: tuple[str, ...]) -> str:
    """The address a row leads to: ``("purchasing:order", "number")`` → /purchasing/orders/PO-000001."""
    if not link:
        return ""
    args = [value_of(row, path) for path in link[1:]]
    return "" if any(arg is None or arg == "" for arg in args) else _address(link[0], *args)


@lru_cache(maxsize=8192)
def _address(page: str, *args: Any) -> str:
    """Lists show the same rows again and again."""
    return reverse(page, args=args)


def openings(columns: Sequence[Column]) -> list[Markup]:
    """How the cells of each column begin; the same for every row, so made once for a list."""
    return [
        Markup(
            f'<td data-col="{escape(col.key)}" data-label="{escape(col.label)}" class="gd-k-{escape(col.kind)}'
            f"{' gd-right' if col.right else ''}{' gd-col-off' if col.hidden else ''}"
            f'{f" gd-card-{col.card}" if col.card else ""}">'
        )
        for col in columns
    ]


def cell(row: Any, col: Column) -> Markup:
    """Render one cell."""
    shown = KINDS[col.kind](row, col, value_of(row, col.key))
    if col.link and (address := link_of(row, col.link)):
        shown = Markup(f'<a href="{escape(address)}">{shown}</a>')
    if col.second and (second := value_of(row, col.second)):
        shown += Markup('<span class="gd-second" title="{0}">{0}</span>').format(second)
    return shown


FILTERS: dict[str, Callable[..., Any]] = {}
GLOBALS: dict[str, Any] = {
    "status": status,
    "bar": bar,
    "column": column,
    "cell": cell,
    "openings": openings,
    "link_of": link_of,
    "value_of": value_of,
}
