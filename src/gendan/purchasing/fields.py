"""Fields of purchasing's documents that an administrator can hide, fix or demand by role (kernel/fields.py)."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from gendan.kernel.fields import Field, register

_LINE_WITHOUT = "EXISTS (SELECT 1 FROM purchasing_{lines} xl WHERE xl.{head} = x.id AND xl.{column} IS NULL)"
_ORDER = partial(Field, "purchasing", "po", table="purchasing_purchaseorder")
_REQUEST = partial(Field, "purchasing", "requisition", table="purchasing_requisition")

register(
    {"purchasing.create_order": "po", "purchasing.create_requisition": "requisition"},
    _ORDER("unit_price", _("采购价格和金额"), permission="purchasing.view_price"),
    _ORDER("payment_terms", _("付款条件"), missing="x.payment_terms = ''"),
    _ORDER("supplier_reference", _("供应商单号"), missing="x.supplier_reference = ''"),
    _ORDER(
        "required_on",
        _("需求日"),
        ("required_on", "wished_on", "due_on"),
        missing=_LINE_WITHOUT.format(lines="orderline", head="order_id", column="required_on"),
    ),
    _ORDER("promised_on", _("承诺日"), ("promised_on", "due_on", "expected_on", "next_on"), written=False),
    _ORDER("note", _("备注"), missing="x.note = ''"),
    _REQUEST("reason", _("用途"), missing="x.reason = ''"),
    _REQUEST("required_on", _("需求日"), missing="x.required_on IS NULL"),
    _REQUEST("note", _("备注")),
)
