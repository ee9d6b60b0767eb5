"""Why a file or a batch was not taken."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class NoRows(AppError):
    status = 422
    message = _("没有可保存的行。")


class TooManyRows(AppError):
    status = 422
    message = _("一次最多 %(max)s 行，现有 %(found)s 行，请分批提交。")


class FileTooLarge(AppError):
    status = 422
    message = _("文件太大：最大 %(max)s MB。请拆成几个文件。")


class FileUnreadable(AppError):
    status = 422
    message = _("读不出文件「%(name)s」。请上传 Excel（.xlsx、.xls）或 CSV 文件。")


class FileEmpty(AppError):
    status = 422
    message = _("文件「%(name)s」里没有数据。第一行应为列名，从第二行开始是数据。")


class HistoryUnreadable(AppError):
    status = 422
    message = _("「%(name)s」不能按「%(mapping)s」读：%(why)s。请换一个文件，或换一个对应关系。")


class ColumnsMissing(AppError):
    status = 422
    message = _("缺少必填的列：%(columns)s。请在对应关系中选择，或在文件中补上。")


class ImportGone(AppError):
    status = 404
    message = _("这次上传的文件已被清理，请重新上传。")
