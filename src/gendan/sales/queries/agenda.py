"""What waits for somebody in the sales chain, for their day."""

from __future__ import annotations

from typing import Any

from gendan.flow.queries.inbox import NO_FLOW
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.agenda import CAP, Agenda
from gendan.sales.permissions import VIEW

Row = dict[str, Any]
_ON_THEIR_WAY = (
    "EXISTS (SELECT 1 FROM carriers_parceldocument pd JOIN carriers_trackedparcel tp ON tp.id = pd.parcel_id"
    " WHERE pd.kind = 'dn' AND pd.document_id = o.id AND tp.silent_since IS NOT NULL)"
)
# Kind of document and what makes it wait, by the name of the work.
WORK = {
    "own_orders_to_send": (
        "so",
        "o.is_open AND o.state IN ('draft', 'rejected') AND o.created_by_id = %(user)s::bigint",
    ),
    "orders_to_review": (
        "so",
        f"o.is_open AND o.state = 'pending_review' AND {NO_FLOW.format(kind='so', id='o.id')}",
    ),
    "quotations_to_follow": (
        "quotation",
        "o.is_open AND o.state = 'sent' AND o.salesperson_id = %(user)s::bigint AND o.valid_to <= %(today)s::date + 3",
    ),
    "deliveries_to_pick": (
        "dn",
        "o.is_open AND o.state IN ('to_pick', 'picking') AND coalesce(o.planned_on, %(today)s::date) <= %(today)s::date"
        " AND EXISTS (SELECT 1 FROM sales_deliveryline dl JOIN sales_pick k ON k.delivery_line_id = dl.id"
        "  WHERE dl.delivery_id = o.id AND k.picked < k.quantity)",
    ),
    "deliveries_to_ship": (
        "dn",
        "o.is_open AND o.state IN ('picking', 'packed') AND NOT EXISTS (SELECT 1 FROM sales_deliveryline dl"
        " JOIN sales_pick k ON k.delivery_line_id = dl.id WHERE dl.delivery_id = o.id AND k.picked < k.quantity)",
    ),
    "returns_to_approve": ("rma", "o.is_open AND o.state = 'requested'"),
    "returns_to_decide": (
        "rma",
        "o.is_open AND o.state = 'received' AND EXISTS (SELECT 1 FROM sales_returnline rl"
        " WHERE rl.sales_return_id = o.id AND rl.received > rl.restocked + rl.scrapped + rl.to_supplier)",
    ),
    "returns_to_settle": ("rma", "o.is_open AND o.state = 'received'"),
    "deliveries_late": ("dn", f"o.state = 'shipped' AND (o.expected_on < %(today)s::date OR {_ON_THEIR_WAY})"),
}
_SHOWN = {
    "so": (
        "SELECT o.number, o.state, p.name AS partner, o.gross AS amount, o.currency, coalesce(u.name, '') AS person,"
        " o.requested_on AS on, greatest(%(today)s::date - o.requested_on, 0) AS days_late"
        " FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id"
        " LEFT JOIN accounts_user u ON u.id = o.salesperson_id"
        " WHERE o.id IN ({found} ORDER BY o.id LIMIT %(limit)s) ORDER BY o.id"
    ),
    "quotation": (
        "SELECT o.number, o.state, p.name AS partner, o.gross AS amount, o.currency, '' AS person, o.valid_to AS on,"
        " greatest(%(today)s::date - o.valid_to, 0) AS days_late"
        " FROM sales_quotation o JOIN catalog_partner p ON p.id = o.customer_id"
        " WHERE o.id IN ({found} ORDER BY o.valid_to, o.id LIMIT %(limit)s) ORDER BY o.valid_to, o.id"
    ),
    "dn": (
        "SELECT o.number, o.state, p.name AS partner, NULL::numeric AS amount, '' AS currency, o.carrier AS person,"
        " coalesce(CASE WHEN o.state = 'shipped' THEN o.expected_on END, o.planned_on) AS on,"
        " greatest(%(today)s::date - coalesce(CASE WHEN o.state = 'shipped' THEN o.expected_on END, o.planned_on), 0)"
        "  AS days_late"
        " FROM sales_delivery o JOIN catalog_partner p ON p.id = o.customer_id"
        " WHERE o.id IN ({found} ORDER BY o.planned_on NULLS LAST, o.id LIMIT %(limit)s)"
        " ORDER BY o.planned_on NULLS LAST, o.id"
    ),
}
_SHOWN["rma"] = (
    "SELECT o.number, o.state, p.name AS partner, NULL::numeric AS amount, '' AS currency, o.contact AS person,"
    " o.received_on AS on, 0 AS days_late FROM sales_salesreturn o JOIN catalog_partner p ON p.id = o.customer_id"
    " WHERE o.id IN ({found} ORDER BY o.id LIMIT %(limit)s) ORDER BY o.id"
)
_TABLES = {"so": "sales_salesorder", "quotation": "sales_quotation", "dn": "sales_delivery", "rma": "sales_salesreturn"}


def waiting(actor: Actor, work: str, limit: int = 6) -> Agenda:
    """The first documents of one kind of work (a key of ``WORK``), and how many there are; one or two statements."""
    actor.must(VIEW)
    kind, condition = WORK[work]
    params: Row = {"company": actor.company_id, "today": actor.today(), "limit": limit, "cap": CAP + 1}
    params["user"] = actor.user_id
    params["user"] = actor.user_id
    found = f"SELECT o.id FROM {_TABLES[kind]} o WHERE o.company_id = %(company)s AND {condition}"
    found += scope.also(actor, kind, "o")
    rows = db.dicts(_SHOWN[kind].format(found=found), params)
    count = len(rows)
    if count >= limit:
        capped = db.row(f"SELECT count(*) FROM ({found} LIMIT %(cap)s) AS few", params)
        count = int(capped[0]) if capped else count
    return Agenda(kind, min(count, CAP), count > CAP, rows)
