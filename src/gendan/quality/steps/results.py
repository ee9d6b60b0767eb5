"""Writing what was found of an inspection's lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.quality.errors import LineDecided, UnknownLine
from gendan.quality.models import Defect
from gendan.quality.rules.inspection import MOST_VALUES, Checked, DefectIn, ResultIn, outside
from gendan.quality.steps.locking import LockedInspection, LockedLine


@dataclass(frozen=True, slots=True)
class Found:
    """What is written of a line."""

    line: LockedLine
    checked: Sequence[Checked]
    defects: Sequence[DefectIn]
    defective: int
    note: str


_WRITE = """
WITH lines AS (
 UPDATE quality_inspectionline l SET defective = t.defective, inspected_by_id = %(user)s::bigint, inspected_at = now(),
  note = CASE WHEN t.note = '' THEN l.note ELSE t.note END
 FROM unnest(%(lines)s::bigint[], %(defective)s::int[], %(notes)s::text[]) AS t(id, defective, note) WHERE l.id = t.id),
gone AS (DELETE FROM quality_defect WHERE line_id = ANY(%(lines)s::bigint[])),
defects AS (
 INSERT INTO quality_defect (company_id, line_id, text, grade, count)
 SELECT %(company)s::bigint, t.* FROM unnest(%(of)s::bigint[], %(texts)s::text[], %(grades)s::text[],
  %(counts)s::int[]) AS t),
results AS (
 INSERT INTO quality_result AS r (company_id, line_id, check_no, failed, text, values)
 SELECT %(company)s::bigint, t.line, t.check_no, t.failed, t.text, string_to_array(t.values, ' ')::numeric[]
 FROM unnest(%(checked)s::bigint[], %(check_nos)s::int[], %(failed)s::int[], %(said)s::text[], %(values)s::text[])
  AS t(line, check_no, failed, text, values)
 ON CONFLICT (line_id, check_no) DO UPDATE SET failed = excluded.failed, text = excluded.text,
  values = excluded.values)
UPDATE quality_inspection SET version = version + 1, updated_at = now() WHERE id = %(id)s::bigint
"""


@step
def write(actor: Actor, found: LockedInspection, rows: Sequence[Found]) -> None:
    """Write results and defects, whatever their number, with the next statement."""
    checked = [(row.line.id, each) for row in rows for each in row.checked]
    defects = [(row.line.id, each) for row in rows for each in row.defects]
    db.later(
        _WRITE,
        {
            "id": found.id,
            "company": actor.company_id,
            "user": actor.user_id,
            "lines": db.array(row.line.id for row in rows),
            "defective": db.array(row.defective for row in rows),
            "notes": [row.note for row in rows],
            "of": db.array(line for line, _each in defects),
            "texts": [each.text for _line, each in defects],
            "grades": [each.grade for _line, each in defects],
            "counts": db.array(each.count for _line, each in defects),
            "checked": db.array(line for line, _each in checked),
            "check_nos": db.array(each.check for _line, each in checked),
            "failed": db.array(each.failed for _line, each in checked),
            "said": [each.text for _line, each in checked],
            "values": [" ".join(format(value, "f") for value in each.values) for _line, each in checked],
        },
    )


def read(found: LockedInspection, entries: Sequence[ResultIn]) -> list[Found]:
    """The entries with their lines, checked. Errors: UnknownLine, LineDecided, Invalid."""
    known = {line.line_no: line for line in found.lines}
    problems: dict[str, str] = {}
    rows: dict[int, Found] = {}
    for n, entry in enumerate(entries):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=found.number, line=entry.line)
        if line.waiting == 0:
            raise LineDecided(number=found.number, line=entry.line)
        wrong: dict[str, str] = {}
        checked = _checked(line, entry, wrong)
        _defects(line, entry, wrong)
        least = max([each.failed for each in checked] + [each.count for each in entry.defects], default=0)
        defective = least if entry.defective is None else entry.defective
        if not least <= defective <= line.sample:
            text = _("不合格件数应在 %(low)s 到样本量 %(high)s 之间。")
            wrong["defective"] = text % {"low": least, "high": line.sample}
        problems |= {f"lines.{n}.{name}": text for name, text in wrong.items()}
        rows[line.id] = Found(line, checked, entry.defects, defective, entry.note[:300])
    if problems:
        raise Invalid(problems)
    return list(rows.values())


def _checked(line: LockedLine, entry: ResultIn, wrong: dict[str, str]) -> list[Checked]:
    done: dict[int, Checked] = {}
    for k, each in enumerate(entry.found):
        if not 1 <= each.check <= len(line.checks):
            wrong[f"found.{k}.check"] = _("没有这个检验项目。")
            continue
        check: Mapping[str, object] = line.checks[each.check - 1]
        failed = outside(check, each.values) if check["kind"] == "measure" else each.failed or 0
        if len(each.values) > min(line.sample, MOST_VALUES):
            wrong[f"found.{k}.values"] = _("最多 %(count)s 个测量值（样本量）。") % {
                "count": min(line.sample, MOST_VALUES)
            }
        if not 0 <= failed <= line.sample:
            wrong[f"found.{k}.failed"] = _("不合格件数不能超过样本量 %(count)s。") % {"count": line.sample}
        if check["kind"] == "measure" and not each.values:
            continue
        if check["kind"] == "text" and not each.text.strip():
            continue
        done[each.check] = Checked(each.check, failed, each.values, each.text.strip()[:1000])
    return list(done.values())


def _defects(line: LockedLine, entry: ResultIn, wrong: dict[str, str]) -> None:
    for k, each in enumerate(entry.defects):
        if not each.text.strip() or len(each.text) > 200:
            wrong[f"defects.{k}.text"] = _("必填，最多 %(count)s 个字。") % {"count": 200}
        if each.grade not in Defect.Grade.values:
            wrong[f"defects.{k}.grade"] = _("请选择缺陷等级。")
        if not 1 <= each.count <= line.sample:
            wrong[f"defects.{k}.count"] = _("不合格件数不能超过样本量 %(count)s。") % {"count": line.sample}
