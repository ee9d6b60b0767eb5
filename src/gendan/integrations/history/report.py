"""What became of the rows of a history: counts, and a CSV of the rows that were rejected, refused or remarked."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.integrations.history.records import HistoryLine, Kind, Reason, Rejected, Remark, Tally

REASONS: dict[Reason, str | Promise] = {
    Reason.CELLS: _("列数与表头不一致"),
    Reason.ENCODING: _("字符编码无法识别"),
    Reason.MISSING: _("必填项为空"),
    Reason.NOT_A_NUMBER: _("不是数字"),
    Reason.NOT_A_DATE: _("不是日期"),
    Reason.DATE_OUT_OF_RANGE: _("日期超出允许范围"),
    Reason.NO_DATE: _("没有任何日期"),
    Reason.NOT_POSITIVE: _("数量必须大于零"),
    Reason.NEGATIVE: _("不能为负数"),
    Reason.TOO_LARGE: _("数值过大"),
    Reason.TOO_LONG: _("内容过长"),
    Reason.NO_PRICE: _("既没有单价也没有金额"),
    Reason.DUPLICATE_ID: _("行标识重复"),
    Reason.CODE_CLASH: _("生成的编码与另一名称相同"),
    Reason.REFUSED: _("被业务规则拒绝"),
}
KINDS: dict[Kind, str | Promise] = {
    Kind.SPACES: _("多余的空格已去除"),
    Kind.MOJIBAKE: _("乱码已修复"),
    Kind.PRICE_ROUNDED: _("文件单价是四舍五入后的，已按金额还原"),
    Kind.PRICE_DIFFERS: _("单价与金额不符，已以金额为准"),
    Kind.VALUE_NOT_EXACT: _("六位小数的单价无法精确得出金额"),
    Kind.FREE_OF_CHARGE: _("免费"),
    Kind.SENT_ON_UNKNOWN: _("没有下单日期，取订单最早的已知日期"),
    Kind.DATES_REVERSED: _("日期先后矛盾，按原样保留"),
    Kind.DATES_FAR_APART: _("日期相差过大，可能年份有误"),
    Kind.UNREADABLE: _("无法识别，未采用"),
    Kind.REFERENCE_LOST: _("引用的行不在同一发货单内"),
    Kind.DUPLICATE_ROW: _("除行标识外与另一行完全相同"),
    Kind.ORDER_SPLIT: _("同一订单号对应多个供应商、仓库或币种，已拆为多张订单"),
    Kind.ORDERED_EARLIER: _("下单日期晚于承诺交期，订单改记为承诺交期当日"),
    Kind.SHIPMENT_SPLIT: _("同一发货单号对应多张订单，已拆为多张发货单"),
    Kind.SHIPMENT_KNOWN: _("发货单号此前已随其他订单导入，已另记一张发货单"),
}
HEADER = (_("行号"), _("行标识"), _("订单号"), _("结果"), _("列"), _("说明"), _("内容"))
EXAMPLES = 20
FORMULA = ("=", "+", "-", "@", "\t", "\r")


COUNTS = (
    "orders",
    "lines",
    "shipments",
    "receipts",
    "present",
    "suppliers",
    "products",
    "warehouses",
    "customers",
    "deliveries",
    "openings",
)


@dataclass(slots=True)
class Summary:
    """The counts of one import. ``written`` is by name (COUNTS): what is new, and orders that were present before."""

    tally: Tally
    written: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    remarks: Counter[Kind] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def example(self, text: str) -> None:
        """Keep the first few rows that were not taken, in words."""
        if len(self.examples) < EXAMPLES:
            self.examples.append(text)

    def as_dict(self) -> dict[str, Any]:
        """For a job's result or a program: plain numbers by name."""
        return {
            "read": self.tally.read,
            "taken": self.tally.taken,
            "outside": self.tally.outside,
            "rejected": self.tally.rejected,
            "refused": self.refused,
            **{name: self.written[name] for name in COUNTS},
            "remarks": {kind.value: count for kind, count in self.remarks.most_common()},
            "reasons": {reason.value: count for reason, count in self.reasons.most_common()},
            "seconds": round(self.seconds, 1),
        }


def told(summary: Summary) -> dict[str, Any]:
    """What the page of a finished import says: a sentence, the figures, and what was remarked how often."""
    tally, written = summary.tally, summary.written
    left = tally.rejected + summary.refused
    text = _now("历史订单导入完成：%(orders)s 张订单，%(lines)s 行。") % {
        "orders": written["orders"], "lines": written["lines"]
    }  # fmt: skip
    if left:
        text += _now("%(n)s 行未导入，原因见报告。") % {"n": left}
    figures = [
        (_now("读取的行"), tally.read),
        (_now("其中采用"), tally.taken),
        (_now("不在范围内"), tally.outside),
        (_now("无法读取"), tally.rejected),
        (_now("被业务规则拒绝"), summary.refused),
        (_now("新订单"), written["orders"]),
        (_now("新订单行"), written["lines"]),
        (_now("新发货单"), written["shipments"]),
        (_now("新入库单"), written["receipts"]),
        (_now("此前已导入的订单"), written["present"]),
        (_now("新供应商"), written["suppliers"]),
        (_now("新产品"), written["products"]),
        (_now("新仓库"), written["warehouses"]),
    ]
    figures += [
        (label, written[name])
        for name, label in (
            ("deliveries", _now("新发货单（已签收）")),
            ("customers", _now("新客户")),
            ("openings", _now("期初库存行")),
        )
        if written[name]
    ]
    remarks = [f"{KINDS[kind]}：{count}" for kind, count in summary.remarks.most_common() if count]
    return {"text": text, "counts": figures, "remarks": remarks}


def not_taken(report: Path, limit: int) -> list[dict[str, Any]]:
    """The first rows of a report that were not taken, as a job's page shows them."""
    found = []
    with report.open(encoding="utf-8-sig", newline="") as file:
        for row, line_id, order, result, column, why, what in islice(csv.reader(file), 1, None):
            if result == str(_("未导入")):
                about = " ".join(part for part in (order, f"#{line_id}" if line_id else "", column) if part)
                found.append({"line": int(row), "text": f"{about}：{why} {what}".strip()})
                if len(found) == limit:
                    break
    return found


class ReportFile:
    """Writes the CSV as the import goes; opens in Excel as it is. Without a path it writes nothing."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="") if path else None
        self._csv = csv.writer(self._file) if self._file else None
        self._write(*(str(title) for title in HEADER))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def rejected(self, row: Rejected) -> None:
        """A row that could not be read."""
        self._write(
            row.row, row.line_id, row.order_key, str(_("未导入")), row.column, str(REASONS[row.reason]), row.value
        )

    def refused(self, line: HistoryLine, text: str) -> None:
        """A line whose order, shipment or receipt a business rule refused."""
        self._write(line.row, line.line_id, line.order_key, str(_("未导入")), "", str(REASONS[Reason.REFUSED]), text)

    def remark(self, line: HistoryLine, remark: Remark) -> None:
        """A line that was taken although something about it is odd."""
        about = str(KINDS[remark.kind])
        self._write(line.row, line.line_id, line.order_key, str(_("有提示")), remark.column, about, remark.detail)

    def _write(self, *cells: object) -> None:
        if self._csv:
            self._csv.writerow([_harmless(str(cell)) for cell in cells])


def _harmless(text: str) -> str:
    """A cell that a spreadsheet does not run as a formula."""
    return "'" + text if text.startswith(FORMULA) else text
