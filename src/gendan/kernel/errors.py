"""Typed refusals: one class per reason, rendered alike by pages and API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AppError(Exception):
    """A refusal that the user can understand and act on.

    Subclasses set ``status`` (an HTTP 4xx) and ``message``, a lazily translated text with ``%(name)s`` placeholders
    that are filled from the keyword arguments. The arguments travel as ``data`` to API callers.
    """

    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("操作被拒绝。")

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(data)

    @property
    def code(self) -> str:
        """Stable name for programs, e.g. ``purchasing.OverReceipt``."""
        parts = type(self).__module__.split(".")
        context = parts[1] if parts[0] == "gendan" and len(parts) > 1 else "kernel"
        return f"{context}.{type(self).__name__}"

    def __str__(self) -> str:
        shown = {key: plain(value) for key, value in self.data.items()}
        return str(self.message) % shown

    def as_dict(self) -> dict[str, Any]:
        """The body of an API answer: code, message, data."""
        return {"code": self.code, "message": str(self), "data": json.loads(json.dumps(self.data, default=as_json))}


def plain(value: Any) -> Any:
    """Decimals without trailing zeros, everything else as it is."""
    return decimal_text(value) if isinstance(value, Decimal) else value


def decimal_text(value: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_json(value: Any) -> Any:
    """What JSON has no word for: a set as a list, anything else as its text (``json.dumps(…, default=as_json)``)."""
    return list(value) if isinstance(value, set | frozenset) else str(plain(value))


class Invalid(AppError):
    """Input that cannot be read; ``fields`` maps a field path (``lines.3.quantity``) to a text."""

    status = 422
    message = _("有 %(count)s 处填写有误。")

    def __init__(self, fields: Mapping[str, str | Promise]) -> None:
        self.fields = {key: str(text) for key, text in fields.items()}
        super().__init__(count=len(fields), fields=self.fields)

    def __str__(self) -> str:
        summary = str(self.message) % {"count": len(self.fields)}
        return summary + " " + " ".join(list(self.fields.values())[:3])


class NotFound(AppError):
    status = 404
    message = _("找不到 %(what)s，或您没有查看权限。")


class Unexpected(AppError):
    status = 500
    message = _("服务器出错，没有写入任何内容。请把编号 %(request)s 告诉管理员。")


class Forbidden(AppError):
    status = 403
    message = _("您没有「%(permission)s」的权限，请联系管理员。")


class SignInRequired(AppError):
    status = 401
    message = _("请先登录，或提供有效的 API 密钥。")


class MethodNotAllowed(AppError):
    status = 405
    message = _("这个地址不能这样打开，它只接受：%(allowed)s。")


class Stale(AppError):
    status = 409
    message = _(
        "%(number)s 在您打开之后已被修改（第 %(current)s 版，您看到的是第 %(seen)s 版）。请刷新查看变化后再试。"
    )


class LookingOnly(AppError):
    status = 403
    message = _("您正在以「%(role)s」的身份查看，只能看，不能改。请先点页面顶部的「结束查看」。")


class ClosedWhileLooking(AppError):
    """What is the person's own, or lets people in, is not the role's to be looked at."""

    status = 403
    message = _(
        "您正在以「%(role)s」的身份查看，密码、两步验证、密钥和邀请这时不能打开。请先点页面顶部的「结束查看」。"
    )


class SecondFactorDue(AppError):
    status = 403
    message = _("您的角色要求两步验证，请先开启再继续。")


class WrongState(AppError):
    status = 409
    message = _("%(number)s 当前状态为「%(state)s」，不能执行「%(action)s」。")


class IdempotencyKeyReused(AppError):
    status = 422
    message = _("幂等键 %(key)s 已用于另一个不同的请求，请换一个新的键。")
