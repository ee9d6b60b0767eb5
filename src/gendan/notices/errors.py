"""Refusals about channels, what people chose, and deliveries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class ChannelExists(AppError):
    message = _("渠道 %(code)s 已存在，请直接修改它。")


class BuiltInChannel(AppError):
    message = _("渠道 %(code)s 是自带的，只能改名称、启用或停用。")


class ChannelInactive(AppError):
    message = _("渠道 %(code)s 已停用，请先启用再测试。")


class NothingToSendAgain(AppError):
    message = _("这条记录没有发送失败，不需要重发。")
