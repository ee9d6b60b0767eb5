"""Fields of bills that an administrator can hide, fix or demand by role (kernel/fields.py)."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from gendan.kernel.fields import Field, register

_BILL = partial(Field, "settlement", "bill", table="settlement_bill")

register(
    {"settlement.create_bill": "bill"},
    _BILL("note", _("备注"), missing="x.note = ''"),
)
