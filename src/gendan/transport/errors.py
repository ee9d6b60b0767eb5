"""Refusals of transport."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class DockFull(AppError):
    message = _("月台 %(dock)s 在 %(at)s 已约满 %(capacity)s 车，请换一个时间或月台。")


class DockClosed(AppError):
    status = 422
    message = _(
        "月台 %(dock)s 在 %(at)s 不能预约：请按开放时间 %(opens)s—%(closes)s、每次 %(minutes)s 分钟选一个以后的时间。"
    )


class DockElsewhere(AppError):
    status = 422
    message = _("月台 %(dock)s 不在 %(number)s 的收货仓库 %(warehouse)s，请选那里的月台。")


class NotComing(AppError):
    message = _("%(number)s 已经收货或取消，不再预约月台。")


class NotBooked(AppError):
    status = 404
    message = _("%(number)s 没有月台预约。")


class NoFreight(AppError):
    status = 404
    message = _("%(number)s 没有第 %(no)s 笔运费，请刷新后再看。")


class NothingToShare(AppError):
    status = 422
    message = _("%(number)s 各行的金额都是 0，请改为按数量或重量分摊。")


class BillTwice(AppError):
    message = _("承运商 %(carrier)s 的账单 %(bill)s 已登记在 %(number)s，同一张账单不能登记两次。")
