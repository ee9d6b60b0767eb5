"""When suppliers can be told about inquiries: that others got what they offered."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.notices.outward import Happened, Occasion, Told, Variable, declare, listed

# Who answered and got nothing of it, once an inquiry is over.
_LOST = """
SELECT q.id, q.number, i.id, i.partner_id, q.title,
 (SELECT array_agg(p.code || ' ' || p.name ORDER BY l.line_no) FROM sourcing_answer a
  JOIN sourcing_answerline al ON al.answer_id = a.id AND al.quoted JOIN sourcing_inquiryline l ON l.id = al.line_id
  JOIN catalog_product p ON p.id = l.product_id WHERE a.invitation_id = i.id AND a.current)
FROM sourcing_inquiry q JOIN sourcing_invitation i ON i.inquiry_id = q.id AND i.answers > 0 AND NOT i.declined
WHERE q.company_id = %s::bigint AND q.id = ANY(%s::bigint[]) AND q.state IN ('awarded', 'closed')
 AND NOT EXISTS (SELECT 1 FROM sourcing_award w WHERE w.invitation_id = i.id) ORDER BY i.id
"""
VARIABLES = (
    Variable("company", _("公司名称"), _("示例公司")),
    Variable("partner", _("供应商名称"), _("示例供应商")),
    Variable("contact", _("联系人"), _("王经理")),
    Variable("number", _("询价单号"), "RFQ-000012"),
    Variable("title", _("主题"), _("十二月紧固件")),
    Variable("lines", _("您报价的产品"), "P0001 M8×20"),
)


def lost(company_id: int, happened: Sequence[Happened]) -> list[Told]:
    """Suppliers who answered an inquiry that is over and were awarded nothing, each once."""
    ids = db.array(sorted({event.document_id for event in happened}))
    return [
        Told(f"rfq{invitation}", partner, "inquiry", number, {"title": title, "lines": listed(products or [])})
        for _id, number, invitation, partner, title, products in db.rows(_LOST, [company_id, ids])
    ]


def register() -> None:
    """Let companies choose to tell their suppliers."""
    declare(
        Occasion(
            "inquiry_lost",
            _("询价未中标"),
            "supplier",
            ("sourcing.inquiry_awarded", "sourcing.inquiry_closed"),
            VARIABLES,
            _("{{ company }} 询价 {{ number }} 的结果"),
            _(
                "{{ contact }}，您好：\n\n感谢您对询价 {{ number }} {{ title }} 的报价。这次我们选择了其他供应商：\n\n"
                "{{ lines }}\n\n期待下次合作。\n\n{{ company }}"
            ),
            lost,
        )
    )
