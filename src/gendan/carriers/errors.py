"""Refusals about carriers and their parcels."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class CarrierExists(AppError):
    message = _("承运商 %(code)s 已存在，请直接修改它。")


class CarrierNameTaken(AppError):
    message = _("「%(name)s」已是承运商 %(code)s 的名称或别名，请换一个。")


class TrackingMoved(AppError):
    message = _("运单 %(number)s 所属的单据刚刚有变动，请再试一次。")


class PushRefused(Exception):
    """A push that is not what it says it is: no signature, a wrong one, or nothing that can be read."""
