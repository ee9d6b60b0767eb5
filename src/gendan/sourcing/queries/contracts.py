"""Framework contracts: what was called off, the list, one with its lines, those that end or are used up soon."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.models import PurchaseOrder
from gendan.sourcing.models import Contract, ContractSignature, ContractVersion
from gendan.sourcing.permissions import VIEW, VIEW_PRICE
from gendan.sourcing.rules.contract import ContractDraft, ContractLineIn
from gendan.sourcing.rules.inquiry import BreakIn

OPEN = ("draft", "in_force")
STATES = frozenset(Contract.State.values)
MOST = 1000
Row = dict[str, Any]

# What order lines take of a contract ``c``, by product and unit: cancelled quantities are not called off; amounts as
# the order counts its prices. An order line has the unit of the price that it was given.
CALLED = """
SELECT l.product_id, l.unit_id, sum(l.quantity - l.cancelled) AS quantity,
 sum(round(CASE WHEN o.tax_included THEN l.gross ELSE l.net END * (l.quantity - l.cancelled) / l.quantity, 2)) AS amount
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = {c}.company_id AND l.contract = {c}.number AND l.contract <> '' GROUP BY 1, 2
"""
# Contracts in force that end within days or are used up to a percentage, the worst of amount and lines; each with its
# own days and percentage where these are not given.
_ENDING = f"""
SELECT c.id, c.number, c.title, p.id AS partner_id, p.code AS supplier, p.name AS supplier_name, c.buyer_id,
 c.created_by_id, c.currency, c.valid_from, c.valid_to, c.valid_to - %(today)s::date AS days_left,
 u.percent AS used_percent, u.product_id AS used_product_id, c.agreed_amount, u.amount AS called_amount
FROM sourcing_contract c JOIN catalog_partner p ON p.id = c.partner_id
CROSS JOIN LATERAL (
 SELECT max(x.percent) AS percent, (array_agg(x.product_id ORDER BY x.percent DESC NULLS LAST))[1] AS product_id,
  max(x.total) AS amount
 FROM (SELECT w.product_id, w.total, greatest(round(w.quantity * 100 / w.agreed, 1),
    round(w.total * 100 / c.agreed_amount, 1)) AS percent
  FROM (SELECT k.product_id, k.quantity, cl.quantity AS agreed, sum(k.amount) OVER () AS total FROM (
    {CALLED.format(c="c")}) k
    LEFT JOIN sourcing_contractline cl ON cl.contract_id = c.id AND cl.product_id = k.product_id
     AND cl.unit_id = k.unit_id AND cl.is_active) w) x) u
WHERE c.company_id = %(company)s::bigint AND c.state = 'in_force'
 AND (c.valid_to <= %(today)s::date + coalesce(%(days)s::int, c.remind_days)
  OR u.percent >= coalesce(%(percent)s::int, c.remind_percent)){{only}}
ORDER BY c.valid_to, c.id
"""


def ending(company_id: int, today: Any, days: int | None = None, percent: int | None = None) -> list[Row]:
    """Contracts in force that end within ``days`` or of which ``percent`` is used up, the first end first; None: what
    each contract itself says. ``used_percent`` is that of the product, or of the amount, that is used up most;
    ``days_left`` and the ids of supplier, buyer and author are there for who tells people. One statement.
    """
    params = {"company": company_id, "today": today, "days": days, "percent": percent}
    return db.dicts(_ENDING.format(only=""), params)


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """What a list is narrowed to; ``state`` open, all, or one state; ``ending``: those that end soon."""

    state: str = "open"
    supplier: str = ""
    product: str = ""
    buyer: str = ""
    q: str = ""
    ending: bool = False


_LIST = f"""
SELECT c.id, c.number, c.state, c.version, c.reference, c.title, c.currency, c.valid_from, c.valid_to, c.agreed_amount,
 c.over, c.revision, c.created_at, p.code AS supplier, p.name AS supplier_name, coalesce(u.name, '') AS buyer, x.lines,
 x.products, k.amount AS called_amount, c.valid_to - %(today)s::date AS days_left
FROM (SELECT * FROM sourcing_contract c WHERE {{where}} ORDER BY c.id DESC LIMIT %(limit)s::int) c
JOIN catalog_partner p ON p.id = c.partner_id LEFT JOIN accounts_user u ON u.id = c.buyer_id
LEFT JOIN LATERAL (SELECT count(*) AS lines,
  (SELECT string_agg(pr.name, '、' ORDER BY f.line_no) FROM (SELECT product_id, line_no FROM sourcing_contractline
   WHERE contract_id = c.id AND is_active ORDER BY line_no LIMIT 3) f JOIN catalog_product pr ON pr.id = f.product_id)
   AS products FROM sourcing_contractline l WHERE l.contract_id = c.id AND l.is_active) x ON true
LEFT JOIN LATERAL (SELECT sum(t.amount) AS amount FROM ({CALLED.format(c="c")}) t) k ON true
ORDER BY c.id DESC
"""
_COUNTS = """
SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM sourcing_contract c
 WHERE c.company_id = %(company)s::bigint AND c.is_open AND c.state = t.state{within} LIMIT %(most)s::int) x)
FROM unnest(%(states)s::text[]) AS t(state)
"""
_HEADER = """
SELECT c.id, c.number, c.state, c.version, c.reference, c.title, c.currency, c.valid_from, c.valid_to, c.agreed_amount,
 c.over, c.remind_days, c.remind_percent, c.note, c.revision, c.created_at, c.in_force_at, c.ended_at, c.end_reason,
 c.created_by_id, c.buyer_id, p.id AS partner_id, p.code AS supplier, p.name AS supplier_name, p.address AS
 supplier_address, p.tax_id AS supplier_tax_id, coalesce(u.name, '') AS buyer, c.valid_to - %(today)s::date AS days_left
FROM sourcing_contract c JOIN catalog_partner p ON p.id = c.partner_id LEFT JOIN accounts_user u ON u.id = c.buyer_id
WHERE c.company_id = %(company)s::bigint AND c.number = ANY(%(numbers)s::text[])
"""
_LINES = f"""
SELECT l.id, l.contract_id, l.line_no AS line, pr.code AS product, pr.name AS product_name, pr.specification,
 u.code AS unit, u.name AS unit_name, l.quantity, l.minimum, l.lead_days, l.note, l.is_active,
 coalesce(k.quantity, 0) AS called, l.quantity - coalesce(k.quantity, 0) AS open,
 coalesce(k.amount, 0) AS called_amount,
 (SELECT coalesce(jsonb_agg(jsonb_build_array(y.from_quantity::text, y.price::text) ORDER BY y.from_quantity),
  '[]')::text FROM sourcing_contractprice y WHERE y.line_id = l.id) AS prices
FROM sourcing_contractline l JOIN sourcing_contract c ON c.id = l.contract_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN LATERAL (SELECT t.quantity, t.amount FROM ({CALLED.format(c="c")}) t
 WHERE t.product_id = l.product_id AND t.unit_id = l.unit_id) k ON true
WHERE l.contract_id = ANY(%s::bigint[]) ORDER BY l.contract_id, l.line_no
"""
_ORDERS = """
SELECT o.number, o.state, o.ordered_on, l.line_no AS line, pr.code AS product, pr.name AS product_name, u.name AS
 unit_name, l.quantity - l.cancelled AS quantity, l.unit_price, o.currency
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.company_id = %(company)s::bigint AND l.contract = %(number)s::text AND l.contract <> ''{within}
ORDER BY l.id DESC LIMIT 200
"""
_VERSIONS = """
SELECT v.id, v.revision, v.state, v.amount, v.reason, v.changes, v.at, v.decided_at, coalesce(u.name, '') AS user
FROM sourcing_contractversion v LEFT JOIN accounts_user u ON u.id = v.user_id WHERE v.contract_id = %s::bigint
ORDER BY v.revision DESC
"""
_SIGNED = """
SELECT s.id, s.revision, s.party, s.signer, s.signed_on, s.file_name, s.media_type, s.size, s.sha256, s.at,
 coalesce(u.name, '') AS user FROM sourcing_contractsignature s LEFT JOIN accounts_user u ON u.id = s.user_id
WHERE s.contract_id = %s::bigint ORDER BY s.id
"""


def list_contracts(
    actor: Actor, wanted: ContractFilter, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of contracts, newest first; one statement, two for those that end."""
    actor.must(VIEW)
    size = paging.limited(limit)
    params: Row = {"company": actor.company_id, "limit": size + 1, "before": paging.newest_before(after)}
    params["today"] = actor.today()
    where = ["c.company_id = %(company)s::bigint", "c.id < %(before)s::bigint"]
    where += scope.conditions(actor, "contract", "c") + state_where("c", wanted.state, STATES, params, OPEN)
    if wanted.supplier:
        where.append("c.partner_id = (SELECT id FROM catalog_partner WHERE company_id = %(company)s::bigint"
                     " AND code = %(supplier)s::text)")  # fmt: skip
        params["supplier"] = wanted.supplier
    if wanted.product:
        where.append("EXISTS (SELECT 1 FROM sourcing_contractline f JOIN catalog_product g ON g.id = f.product_id"
                     " WHERE f.contract_id = c.id AND g.code = %(product)s::text)")  # fmt: skip
        params["product"] = wanted.product
    if wanted.buyer == "me":
        where.append("c.buyer_id = %(me)s::bigint")
        params["me"] = actor.user_id
    if wanted.ending:
        where.append("c.id = ANY(%(ending)s::bigint[])")
        params["ending"] = [row["id"] for row in ending(actor.company_id, actor.today())]
    if text := wanted.q.strip():
        where.append(
            "(c.number ILIKE %(like)s::text OR c.title ILIKE %(like)s::text OR c.reference ILIKE %(like)s::text)"
        )
        escaped = text[:100].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params["like"] = f"%{escaped}%"
    found = db.dicts(_LIST.format(where=" AND ".join(where)), params)
    for row in found:
        _labelled(actor, row)
    return paging.cut(found, size, lambda row: [row["id"]])


def _labelled(actor: Actor, row: Row) -> None:
    row["state_label"] = state_label(Contract, row["state"])
    row["over_label"] = str(Contract.Over(row["over"]).label)
    if not actor.may(VIEW_PRICE):
        row["agreed_amount"] = row["called_amount"] = None
    amount, called = row["agreed_amount"], row.get("called_amount")
    row["used_percent"] = round((called or 0) * 100 / amount, 1) if amount else None


def count_contracts(actor: Actor) -> Mapping[str, int]:
    """How many contracts are in each open state, at most MOST; one statement."""
    actor.must(VIEW)
    sql = _COUNTS.format(within=scope.also(actor, "contract", "c"))
    return dict(db.rows(sql, {"company": actor.company_id, "states": list(OPEN), "most": MOST}))


@dataclass(slots=True)
class ContractDetail:
    """A contract with its lines (and what was called off), the orders, its versions, who signed."""

    header: Row
    lines: list[Row]
    orders: list[Row]
    versions: list[Row]
    signatures: list[Row]


def contract_detail(actor: Actor, number: str) -> ContractDetail:
    """Five statements. Errors: NotFound, Forbidden."""
    actor.must(VIEW)
    scope.demand(actor, {"number": number})
    header = _headers(actor, [number])[0]
    lines = lines_of(actor, [header["id"]])
    header["called_amount"] = sum((line["called_amount"] or 0 for line in lines), 0)
    _labelled(actor, header)
    within = scope.also(actor, "po", "o")
    orders = db.dicts(_ORDERS.format(within=within), {"company": actor.company_id, "number": number})
    for row in orders:
        row["state_label"] = state_label(PurchaseOrder, row["state"])
    versions, signatures = (db.dicts(sql, [header["id"]]) for sql in (_VERSIONS, _SIGNED))
    for row in versions:
        row["state_label"] = str(ContractVersion.State(row["state"]).label)
        row["changes"] = json.loads(row["changes"])
    for row in signatures:
        row["party_label"] = str(ContractSignature.Party(row["party"]).label)
    if not actor.may(VIEW_PRICE):
        for row in orders:
            row["unit_price"] = None
        for row in versions:
            row["amount"], row["changes"] = None, []
    return ContractDetail(header, lines, orders, versions, signatures)


def _headers(actor: Actor, numbers: list[str]) -> list[Row]:
    params = {"company": actor.company_id, "numbers": numbers, "today": actor.today()}
    found = {row["number"]: row for row in db.dicts(_HEADER, params)}
    if missing := [number for number in numbers if number not in found]:
        raise NotFound(what=missing[0])
    return [found[number] for number in numbers]


def lines_of(actor: Actor, contracts: list[int]) -> list[Row]:
    """The lines of contracts with what was called off of each; prices for who may see them. One statement."""
    found = db.dicts(_LINES, [contracts])
    for line in found:
        line["prices"] = [tuple(pair) for pair in json.loads(line["prices"])]
        if not actor.may(VIEW_PRICE):
            line["prices"], line["called_amount"] = [], None
    return found


def contracts_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Contracts with their lines as they are signed; two statements. Errors: NotFound, Forbidden."""
    actor.must(VIEW)
    actor.must(VIEW_PRICE)
    for number in numbers:
        scope.demand(actor, {"number": number})
    headers = _headers(actor, list(numbers))
    lines = lines_of(actor, [header["id"] for header in headers])
    for header in headers:
        header["title_shown"] = header["supplier_name"]
        header["state_label"] = state_label(Contract, header["state"])
        header["lines"] = [line for line in lines if line["contract_id"] == header["id"] and line["is_active"]]
    return fields.mask_of(actor, "partner", headers, "address", "tax_id")


_DRAFT = """
SELECT c.id, c.state, c.version, p.code, p.name, c.valid_from, c.valid_to, c.title, c.reference, c.currency,
 c.agreed_amount, c.over, c.remind_days, c.remind_percent, c.note
FROM sourcing_contract c JOIN catalog_partner p ON p.id = c.partner_id
WHERE c.company_id = %s::bigint AND c.number = %s::text
"""


def contract_draft(actor: Actor, number: str, *, whole: bool = False) -> tuple[ContractDraft, Row]:
    """What a contract says, and its id, state, version and the names behind its codes; two statements. ``whole``: for a
    command. Errors: NotFound, Forbidden.
    """
    if not whole:
        actor.must(VIEW)
        actor.must(VIEW_PRICE)
        scope.demand(actor, {"number": number})
    found = db.row(_DRAFT, [actor.company_id, number])
    if found is None:
        raise NotFound(what=number)
    id_, state, version, supplier, name, *head = found
    names, lines = {f"supplier:{supplier}": name}, []
    for row in db.dicts(_LINES, [[id_]]):
        if row["is_active"]:
            names[f"product:{row['product']}"] = row["product_name"]
            prices = tuple(BreakIn(Decimal(start), Decimal(price)) for start, price in json.loads(row["prices"]))
            lines.append(
                ContractLineIn(
                    row["product"], prices, row["quantity"], row["unit"], row["minimum"], row["lead_days"], row["note"]
                )
            )
    draft = replace(ContractDraft(supplier, *head), lines=tuple(lines))
    return draft, {"id": id_, "number": number, "state": state, "version": version, "names": names}


END = "sourcing.end_contracts"
# One statement of the worker: the contracts end, orders have their prices no more.
END_OVERDUE = """
WITH over AS (UPDATE sourcing_contract SET state = 'ended', ended_at = now(), version = version + 1, updated_at = now()
 WHERE company_id = %(company)s::bigint AND state = 'in_force' AND valid_to < %(today)s::date
  AND NOT EXISTS (SELECT 1 FROM sourcing_contractversion v WHERE v.contract_id = sourcing_contract.id
   AND v.state = 'proposed') RETURNING id, number, company_id),
gone AS (DELETE FROM catalog_agreedprice a USING over WHERE a.company_id = over.company_id AND a.contract = over.number)
SELECT id, number FROM over ORDER BY id
"""


def companies_with_ends() -> list[Actor]:
    """Who ends contracts in each company where one is over: nobody of its people."""
    found = db.rows(
        "SELECT DISTINCT c.id, c.timezone FROM sourcing_contract d JOIN accounts_company c ON c.id = d.company_id"
        " WHERE d.state = 'in_force' AND d.valid_to < current_date + 1 ORDER BY c.id"
    )
    return [Actor(id_, None, "", frozenset({END}), via="job", timezone=zone) for id_, zone in found]


def every_contract_line(actor: Actor) -> Iterator[Row]:
    """The lines of drafts and of contracts in force, as an import reads them; one statement."""
    actor.must(VIEW_PRICE)
    within = scope.also(actor, "contract", "c")
    found = db.dicts(_EVERY.format(within=within), {"company": actor.company_id})
    for row in found:
        row["prices"] = [tuple(pair) for pair in json.loads(row["prices"])]
        yield row


_EVERY = """
SELECT coalesce(nullif(c.reference, ''), c.number) AS reference, p.code AS supplier, c.title, c.valid_from, c.valid_to,
 c.currency, c.agreed_amount, c.over, pr.code AS product, u.code AS unit, l.quantity, l.minimum, l.lead_days, l.note,
 (SELECT coalesce(jsonb_agg(jsonb_build_array(y.from_quantity::text, y.price::text) ORDER BY y.from_quantity),
  '[]')::text FROM sourcing_contractprice y WHERE y.line_id = l.id) AS prices
FROM sourcing_contract c JOIN sourcing_contractline l ON l.contract_id = c.id AND l.is_active
JOIN catalog_partner p ON p.id = c.partner_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id
WHERE c.company_id = %(company)s::bigint AND c.is_open{within} ORDER BY c.id, l.line_no
"""
