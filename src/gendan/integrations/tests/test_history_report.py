"""The report of an import: what a person opens to see what became of which row."""

import csv

from gendan.integrations.history.records import HistoryLine, Kind, Reason, Rejected, Remark, Tally
from gendan.integrations.history.report import KINDS, REASONS, ReportFile, Summary
from gendan.integrations.tests.test_history_read import line


def test_every_reason_and_remark_has_a_text():
    assert set(REASONS) == set(Reason)
    assert set(KINDS) == set(Kind)


def test_the_csv_opens_in_excel_and_runs_no_formula(tmp_path):
    path = tmp_path / "report.csv"
    found: HistoryLine = line(id="7")
    with ReportFile(path) as report:
        report.rejected(Rejected(3, "8", "qty", Reason.NOT_A_NUMBER, "=1+1", "PO-2"))
        report.remark(found, Remark(Kind.SPACES, "vendor", "Cipla"))
        report.refused(found, "no")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[1] == ["3", "8", "PO-2", "未导入", "qty", "不是数字", "'=1+1"]
    assert rows[2][:4] == ["2", "7", "PO-1", "有提示"]
    assert rows[3][-1] == "no"


def test_without_a_path_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with ReportFile(None) as report:
        report.refused(line(), "no")
    assert list(tmp_path.iterdir()) == []


def test_a_summary_is_plain_data():
    summary = Summary(Tally(read=2, taken=1, outside=1))
    summary.written["orders"] += 1
    summary.remarks[Kind.SPACES] += 3
    assert summary.as_dict()["orders"] == 1
    assert summary.as_dict()["remarks"] == {"spaces": 3}
