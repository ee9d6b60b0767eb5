"""Who did what with bills and money, for the rules about duties that one person should not hold together."""

from __future__ import annotations

from gendan.kernel import duties


def register() -> None:
    """Tell the rules what settlement knows."""
    duties.declare("bill", "bill", "settlement.bill_created", rights=("settlement.create_bill",))
    duties.declare("approve", "bill", "settlement.bill_approved", rights=("settlement.approve_bill",))
    duties.declare(
        "vendor",
        "partner",
        "catalog.partner_created",
        "catalog.partner_updated",
        "settlement.account_saved",
        rights=("catalog.save_partner", "settlement.save_account"),
    )
    duties.declare("pay", "partner", "settlement.bill_paid", rights=("settlement.pay_bill",))
