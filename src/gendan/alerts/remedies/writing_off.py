"""Stock that is no good any more, or not there, is written off: an adjustment, out of the case."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.remedies.kinds import Effect, Field, Remedy, Row, Situation, Values
from gendan.catalog.queries import figure
from gendan.inventory import commands as inventory
from gendan.inventory.models import Adjustment
from gendan.inventory.rules import AdjustmentLineIn
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid

RULES = frozenset({"expiring_lot", "slow_mover", "overstock"})
CREATE, POST = "inventory.create_adjustment", "inventory.post_adjustment"
KINDS = ("scrap", "broken", "lost")
MOST = 200
# What of the case's product (and lot) lies free, what expires first leading.
_STORED = """
SELECT w.code AS warehouse, w.name AS warehouse_name, l.code AS bin, coalesce(lot.code, '') AS lot, p.code AS product,
 b.on_hand - b.reserved AS free, u.name AS unit_name, u.decimals
FROM alerts_case c JOIN catalog_product p ON p.id = c.product_id JOIN catalog_unit u ON u.id = p.unit_id
JOIN inventory_balance b ON b.company_id = c.company_id AND b.product_id = c.product_id AND b.on_hand > b.reserved
JOIN catalog_location l ON l.id = b.location_id AND l.kind = 'bin' AND l.is_active
JOIN catalog_warehouse w ON w.id = l.warehouse_id AND w.is_active LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
WHERE c.company_id = %(company)s::bigint AND c.id = %(case)s::bigint
 AND (c.warehouse_id IS NULL OR w.id = c.warehouse_id)
 AND (%(lot)s::text = '' OR lot.code = %(lot)s::text){within}
ORDER BY lot.expires_on NULLS LAST, w.code, l.code, lot.code LIMIT %(most)s::int
"""


def stored_of(actor: Actor, case: Row) -> list[Row]:
    """The free stock that a case is about, by place; one statement, for its rules only."""
    if case["rule"] not in RULES or not actor.may(CREATE):
        return []
    asked = {"company": actor.company_id, "case": case["id"], "lot": case["facts"].get("lot") or "", "most": MOST}
    return db.dicts(_STORED.replace("{within}", scope.also(actor, "warehouses", "w")), asked)


def _place(row: Row) -> str:
    """What a choice says of the stock: not its position in the list, which may be another one when it is sent."""
    return f"{row['warehouse']}/{row['bin']}/{row['lot']}"


def _text(row: Row) -> str:
    place = " ".join(filter(None, [row["warehouse_name"], row["bin"], row["lot"]]))
    return f"{place}　{figure(row['free'], row['unit_name'])}"


def _offered(situation: Situation) -> str | None:
    return _text(situation.stored[0]) if situation.stored else None


def _fields(situation: Situation) -> list[Field]:
    stored = situation.stored
    places = [(_place(row), _text(row)) for row in stored]
    labels = dict(Adjustment.Kind.choices)
    fields = [
        Field("place", _("哪里的"), "choice", places[0][0], True, options=places),
        Field("quantity", _("数量"), "number", stored[0]["free"], True, decimals=stored[0]["decimals"]),
        Field("kind", _("类型"), "choice", KINDS[0], True, options=[(kind, str(labels[kind])) for kind in KINDS]),
        Field("reason", _("原因"), required=True, most=200),
    ]
    if situation.actor.may(POST):
        fields.append(Field("post", _("马上过账"), "flag", False))
    return fields


def _write_off(actor: Actor, situation: Situation, values: Values) -> Effect:
    row = next(row for row in situation.stored if _place(row) == values["place"])
    if not 0 < values["quantity"] <= row["free"]:
        free = figure(row["free"], row["unit_name"])
        raise Invalid({"quantity": _now("应大于 0，不超过那里没有锁定的 %(free)s。") % {"free": free}})
    done = inventory.create_adjustment(
        actor=actor,
        warehouse=row["warehouse"],
        kind=values["kind"],
        lines=[AdjustmentLineIn(row["product"], -values["quantity"], row["bin"], row["lot"])],
        reason=f"{situation.case['number']} {values['reason']}"[:300],
        post=bool(values.get("post")),
    )
    told = {"number": done.number, "quantity": figure(values["quantity"], row["unit_name"])}
    code = "written_off" if done.state == "posted" else "write_off_drafted"
    return Effect(code, told, (f"adjustment:{done.number}",))


REMEDY = Remedy(
    "write_off",
    _("报损报废"),
    CREATE,
    "trash",
    frozenset({"product"}),
    _offered,
    _fields,
    _write_off,
    hint=_("生成库存调整单；没有过账权限的先存为草稿，由有权的人过账。"),
)
