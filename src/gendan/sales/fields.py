"""Fields of sales documents that an administrator can hide, fix or demand by role (kernel/fields.py)."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from gendan.kernel.fields import Field, register

_ORDER = partial(Field, "sales", "so", table="sales_salesorder")
_OFFER = partial(Field, "sales", "quotation", table="sales_quotation")
_WISHED = ("requested_on", "wished_on", "due_on")
_ADDRESS = ("ship_to_code", "ship_to_name", "ship_to_phone", "ship_to_address", "ship_to_country", "ship_to")

register(
    {"sales.create_order": "so", "sales.create_quotation": "quotation"},
    _ORDER("unit_price", _("销售价格和金额"), permission="sales.view_price"),
    _ORDER("cost", _("成本和毛利"), permission="sales.view_cost"),
    _ORDER("customer_reference", _("客户单号"), missing="x.customer_reference = ''"),
    _ORDER("payment_terms", _("付款条件"), missing="x.payment_terms = ''"),
    _ORDER("requested_on", _("要求日期"), _WISHED, missing="x.requested_on IS NULL"),
    _ORDER("promised_on", _("承诺日"), ("promised_on", "due_on", "expected_on"), written=False),
    _ORDER("address", _("收货地址"), _ADDRESS, missing="x.ship_to_address = ''"),
    _ORDER("note", _("备注"), missing="x.note = ''"),
    _OFFER("customer_reference", _("客户单号"), missing="x.customer_reference = ''"),
    _OFFER("payment_terms", _("付款条件"), missing="x.payment_terms = ''"),
    _OFFER("requested_on", _("要求日期"), missing="x.requested_on IS NULL"),
    _OFFER("note", _("备注"), missing="x.note = ''"),
)
