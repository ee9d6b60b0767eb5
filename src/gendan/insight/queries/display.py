"""A scorecard as it is shown, to us and to the supplier: each figure in words, with its trend as a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.insight.queries.behind import NEEDED
from gendan.insight.queries.periods import Point
from gendan.insight.queries.scorecard import VIEW_PRICE, Card
from gendan.insight.queries.words import ADVICE, DEFINITIONS, GROUPS, LABELS, ORIGINS, goal_shown, shown
from gendan.insight.rules.figures import FIGURES
from gendan.kernel.actor import Actor

Row = dict[str, Any]
WIDE, HIGH, EDGE = 96, 24, 2
STATES = {"reached": "done", "near": "wait", "far": "bad", "none": "quiet"}


def rows_of(actor: Actor, card: Card, category: str = "", *, ours: bool = True) -> list[Row]:
    """Every figure of the card in the order of its groups; ``ours`` is false for the supplier's own eyes, which have
    no lists behind the figures here. What was paid is withheld from who may not see it; the total stays what it is.
    """
    found = []
    figures = {one.code: one for one in card.score.figures}
    for group, codes in GROUPS:
        for code in codes:
            one, figure = figures.get(code), FIGURES[code]
            if one is None:
                continue
            withheld = ours and figure.priced and not actor.may(VIEW_PRICE)
            apart = bool(category) and not figure.by_category
            value = None if withheld else one.value
            sees = ours and not withheld and actor.may(NEEDED.get(figure.lines, "insight.view"))
            found.append(
                {
                    "group": str(group),
                    "code": code,
                    "label": str(LABELS[code]),
                    "definition": str(DEFINITIONS[code]),
                    "origin": str(ORIGINS[code]),
                    "unit": figure.unit,
                    "value": value,
                    "shown": _("无权查看") if withheld else _("不按品类统计") if apart else shown(code, value),
                    "goal": one.goal,
                    "goal_shown": goal_shown(code, one.goal),
                    "points": None if withheld else one.points,
                    "weight": one.weight,
                    "share": one.share,
                    "n": one.n,
                    "tone": STATES[_state(one.points)] if not withheld else "quiet",
                    "lines": sees and bool(one.n),
                    "trend": [] if withheld else card.trends[code],
                    "spark": "" if withheld else spark(card.trends[code]),
                }
            )
    return found


def _state(points: Decimal | None) -> str:
    if points is None:
        return "none"
    return "reached" if points == 100 else "near" if points >= 50 else "far"


def spark(values: Sequence[Decimal | None]) -> str:
    """The path of a small line; where there is no data there is no line, and a point alone is a dot."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    parts, drawing = [], False
    for at, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        x = EDGE + (WIDE - 2 * EDGE) * at / max(len(values) - 1, 1)
        share = float((value - low) / (high - low)) if high > low else 0.5
        y = HIGH - EDGE - (HIGH - 2 * EDGE) * share
        alone = not drawing and (at + 1 == len(values) or values[at + 1] is None)
        parts.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}" + ("h0.1" if alone else ""))
        drawing = True
    return "".join(parts)


def trend_said(points: Sequence[Point], values: Sequence[Decimal | None]) -> str:
    """A trend in words, for hovering and for who cannot see it."""
    said = [f"{point.label} {value:f}" for point, value in zip(points, values, strict=True) if value is not None]
    return " · ".join(said) or _("没有数据")


def reasons(actor: Actor, card: Card) -> list[str]:
    """Why this is proposed: the figures that cost most, a falling trend, who else there is."""
    advice = card.advice
    if advice.kind == "unknown":
        return [_("有数据的指标只占权重的 %(n)s %%，不够评级。") % {"n": card.score.covered}]
    found = []
    for one in advice.worst:
        if FIGURES[one.code].priced and not actor.may(VIEW_PRICE):
            continue
        words = {
            "name": LABELS[one.code],
            "value": shown(one.code, one.value),
            "lost": one.lost.quantize(Decimal("0.1")),
        }
        words["goal"] = goal_shown(one.code, one.goal)
        found.append(_("%(name)s %(value)s，目标 %(goal)s，扣 %(lost)s 分。") % words)
    if advice.fall is not None:
        found.append(_("最近半年比之前低 %(n)s 分。") % {"n": advice.fall})
    for other in advice.others:
        text = _("%(name)s 也供其中 %(n)s 种产品，得 %(score)s 分。")
        found.append(text % {"name": other.name, "n": other.products, "score": other.total})
    if advice.kind == "improve" and card.score.grade == "D":
        found.append(_("没有找到得分更高、供同样产品的供应商。"))
    if not found:
        found.append(_("有数据的指标都达到或接近目标。"))
    return found


def advice_shown(card: Card) -> str:
    """What is proposed, in a word."""
    return str(ADVICE[card.advice.kind])
