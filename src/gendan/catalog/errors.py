"""Why master data was not saved."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class CodeTaken(AppError):
    message = _("编码 %(code)s 已存在。请换一个编码，或打开原有记录修改。")


class PriceTaken(AppError):
    message = _("%(what)s 已有单位、币种、起订数量和生效日都相同的价格。请修改原有的那条，或换一个起订数量或生效日。")


class InUse(AppError):
    message = _("%(code)s 不能停用：%(reason)s。")


class TooManyRows(AppError):
    status = 422
    message = _("一次最多 %(max)s 行，现有 %(found)s 行，请分批提交。")


class BadBinPattern(AppError):
    status = 422
    message = _("看不懂库位范围「%(pattern)s」。请写成 A-01-01..A-05-20：两端的段数相同，每段同为数字或同为单个字母。")
