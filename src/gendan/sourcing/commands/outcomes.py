"""What awards become beside orders: framework contracts, prices of the list."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.sourcing.commands.contracts import write_contract
from gendan.sourcing.errors import NothingAwarded
from gendan.sourcing.models import Inquiry
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.rules.contract import ContractDraft, ContractLineIn
from gendan.sourcing.rules.inquiry import BreakIn
from gendan.sourcing.steps.prices import feed

TO_CONTRACT, TO_LIST = _("定标转合同"), _("定标写入价目表")
YEAR = 364
# What was awarded to each supplier at which prices; a price from the first piece on stands for lower breaks, too.
_AWARDED = """
SELECT p.code, an.currency, pr.code, u.code, max(al.minimum), max(al.delivery_days),
 (SELECT array_agg(ARRAY[x.from_quantity, x.price] ORDER BY x.from_quantity) FROM sourcing_answerprice x
  WHERE x.answer_line_id = max(al.id)) AS prices
FROM sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id
JOIN sourcing_answerline al ON al.id = a.answer_line_id JOIN sourcing_answer an ON an.id = al.answer_id
JOIN sourcing_invitation i ON i.id = a.invitation_id JOIN catalog_partner p ON p.id = i.partner_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE l.inquiry_id = %s::bigint AND a.order_id IS NOT NULL AND (%s::text = '' OR p.code = %s::text)
GROUP BY 1, 2, 3, 4, pr.id ORDER BY 1, 2, pr.id
"""


@command("sourcing.contract_awards", TO_CONTRACT, permission="sourcing.save_contract")
def contract_awards(
    *, actor: Actor, number: str, supplier: str = "", valid_to: date | None = None, version: int | None = None
) -> Done:
    """Make a draft of a contract for each supplier (or one) to whom lines of an inquiry were awarded, at the answered
    prices with their breaks, from today on, without a limit of quantity. ``data.contracts`` lists them.

    Errors: NotFound, Stale, WrongState, NothingAwarded, Invalid.
    """
    actor.must(VIEW_PRICE)
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be({"answered", "awarded", "closed"}, TO_CONTRACT)
    groups: dict[tuple[str, str], list[ContractLineIn]] = defaultdict(list)
    found = db.rows(_AWARDED, [inquiry.pk, supplier, supplier])
    for code, currency, product, unit, minimum, days, prices in found:
        breaks = [BreakIn(Decimal(start), Decimal(price)) for start, price in prices]
        if breaks[0].from_quantity:
            breaks.insert(0, BreakIn(Decimal(0), breaks[0].price))
        groups[code, currency].append(ContractLineIn(product, tuple(breaks), None, unit, minimum, days))
    if not groups:
        raise NothingAwarded()
    today, made = actor.today(), []
    for (code, currency), lines in groups.items():
        draft = ContractDraft(
            code, today, valid_to or today + timedelta(days=YEAR), inquiry.title, currency=currency, lines=tuple(lines)
        )
        made.append({"supplier": code, "number": write_contract(actor, draft, inquiry=number).number})
    refs = tuple(f"contract:{one['number']}" for one in made)
    inquiry.touch()
    record("sourcing.awards_contracted", inquiry.subject, actor, refs, contracts=[one["number"] for one in made])
    return Done("inquiry", inquiry.pk, number, inquiry.state, inquiry.version, {"contracts": made})


@command("sourcing.list_awards", TO_LIST, permission="catalog.save_price")
def list_awards(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Write the prices of what an inquiry awarded into the suppliers' price lists, from today on.

    Errors: NotFound, Stale, WrongState, NothingAwarded.
    """
    actor.must(VIEW_PRICE)
    inquiry = Inquiry.lock(actor, number, version)
    inquiry.must_be({"answered", "awarded", "closed"}, TO_LIST)
    awards = db.rows(
        "SELECT a.id FROM sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id"
        " WHERE l.inquiry_id = %s::bigint AND a.order_id IS NOT NULL ORDER BY a.id",
        [inquiry.pk],
    )
    if not awards:
        raise NothingAwarded()
    feed(actor, [id_ for (id_,) in awards])
    inquiry.touch()
    record("sourcing.awards_listed", inquiry.subject, actor, prices=len(awards))
    return Done("inquiry", inquiry.pk, number, inquiry.state, inquiry.version, {"awards": len(awards)})
