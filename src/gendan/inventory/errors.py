"""Why stock refuses to move."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class StockShort(AppError):
    message = _("%(product)s 在 %(place)s 可用 %(available)s，不足 %(quantity)s。")


class LotRequired(AppError):
    status = 422
    message = _("%(product)s 按批次管理，请填写批次号。")


class UnknownPlace(AppError):
    status = 422
    message = _("仓库 %(warehouse)s 没有库位 %(place)s。")
