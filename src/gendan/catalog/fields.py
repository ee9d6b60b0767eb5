"""Fields of master data that an administrator can hide, fix or demand by role (kernel/fields.py)."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from gendan.kernel.fields import Field, register

_PARTNER = partial(Field, "catalog", "partner", table="catalog_partner")
_PRODUCT = partial(Field, "catalog", "product", table="catalog_product")
_CONTACTS = ("contact", "contact_title", "contact_phone", "contact_email", "contacts")

register(
    {},
    _PARTNER("payment_terms", _("付款条件"), ("payment_terms", "payment_days"), missing="x.payment_terms = ''"),
    _PARTNER("credit_limit", _("信用额度")),
    _PARTNER("tax_id", _("税号"), ("tax_id", "supplier_tax_id", "customer_tax_id"), missing="x.tax_id = ''"),
    _PARTNER("address", _("地址"), ("address", "supplier_address", "customer_address"), missing="x.address = ''"),
    _PARTNER("contacts", _("联系人"), _CONTACTS),
    _PARTNER("note", _("备注"), missing="x.note = ''"),
    _PRODUCT("safety_stock", _("安全库存")),
    _PRODUCT("category", _("产品类别"), ("category", "category_name"), missing="x.category_id IS NULL"),
)
