"""Pages of inspections: the list, one of them with its form for the dock."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.flow.queries.progress import progress
from gendan.kernel import attachments, timeline
from gendan.kernel.errors import Invalid
from gendan.kernel.exports import excel
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT
from gendan.kernel.values import BadValue, to_integer, to_number, whole
from gendan.quality import commands
from gendan.quality.exports import INSPECTIONS, inspection_filter
from gendan.quality.models import Defect, Inspection, InspectionLine
from gendan.quality.queries import inspections as queries
from gendan.quality.queries.actions import ActionFilter, action_list
from gendan.quality.queries.names import name_of, warehouse_choices
from gendan.quality.rules.inspection import DefectIn, FoundIn, ResultIn

LABELS = dict(Inspection.State.choices)
VERDICTS = [(value, label) for value, label in InspectionLine.Verdict.choices if value]
MOST_PHOTOS = 10
_BETWEEN = re.compile(r"[\s,;，；、]+")


@require_GET
def inspection_list(request: HttpRequest) -> HttpResponse | FileResponse:
    """Inspections, newest first; those that wait when nothing else is said."""
    actor, asked = actor_of(request), request.GET
    if asked.get("export") == "xlsx":
        return excel(request, actor, INSPECTIONS, asked.dict())
    wanted = inspection_filter(asked.dict())
    context = {
        "actor": actor,
        "page": queries.inspection_list(actor, wanted, after=asked.get("after")),
        "waiting": queries.waiting_count(actor),
        "labels": LABELS,
        "verdicts": VERDICTS,
        "warehouses": warehouse_choices(actor),
        "supplier_name": name_of(actor, "partner", wanted.supplier),
    }
    return render(request, "quality/inspection_list.html", context)


@require_GET
def inspection_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One inspection: how each lot is looked at and why, what was found, what became of it."""
    actor = actor_of(request)
    found = queries.inspection_detail(actor, number)
    subjects = [("qi", found["id"])]
    context = {
        "actor": actor,
        "found": found,
        "open": found["state"] == "open",
        "wished": [line for line in found["lines"] if line["wished"] > 0],
        "grades": Defect.Grade.choices,
        "grade_labels": dict(Defect.Grade.choices),
        "events": timeline.entries(actor, subjects),
        "files": attachments.attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
        "actions": action_list(actor, ActionFilter("all", inspection=number)).items,
        "approval": progress(actor, "qi", found["id"]),
    }
    return render(request, "quality/inspection_detail.html", context)


@require_POST
def inspection_results(request: HttpRequest, number: str) -> HttpResponse:
    """Write what was found of the lines."""
    actor = actor_of(request)
    posted = request.POST
    problems: dict[str, str] = {}
    lines = []
    for n, line in enumerate(posted.getlist("line")):
        wrong: dict[str, str] = {}
        entry = _result(posted, line, wrong)
        problems |= {f"{name}.{n}": text for name, text in wrong.items()}
        if entry is not None:
            lines.append(entry)
    if problems:
        raise Invalid({**problems})
    uploads = request.FILES.getlist("photos")[:MOST_PHOTOS]
    if not lines and not uploads:
        raise Invalid({"lines": _("请填写检验结果。")})
    files = [attachments.accept(upload) for upload in uploads]
    commands.record_results(
        actor=actor, number=number, lines=lines, files=files, version=whole(posted.get("version", ""))
    )
    messages.success(request, _("检验结果已登记"))
    return redirect_to(request, reverse("quality:inspection_detail", args=[number]))


def _result(posted: Any, line: str, wrong: dict[str, str]) -> ResultIn | None:
    """What was typed of a line; nothing where nothing was."""
    found, defects = [], []
    defective: int | None = None
    try:
        number = to_integer(line, 1, 100_000)
        for check in posted.getlist(f"check-{line}"):
            typed = posted.get(f"value-{line}-{check}", "").strip()
            if not typed:
                continue
            kind, no = posted.get(f"kind-{line}-{check}", ""), to_integer(check, 1, 1000)
            if kind == "measure":
                values = tuple(to_number(part) for part in _BETWEEN.split(typed) if part)
                found.append(FoundIn(no, values))
            elif kind == "yesno":
                found.append(FoundIn(no, failed=to_integer(typed, 0, 1_000_000)))
            else:
                found.append(FoundIn(no, text=typed))
        for text, grade, count in zip(
            *(posted.getlist(f"{name}-{line}") for name in ("defect", "grade", "count")), strict=False
        ):
            if text.strip():
                defects.append(DefectIn(text.strip(), to_integer(count.strip() or "1", 1, 1_000_000), grade))
        typed = posted.get(f"defective-{line}", "").strip()
        defective = to_integer(typed, 0, 1_000_000) if typed else None
    except BadValue as bad:
        wrong["defective"] = bad.text
        return None
    note = posted.get(f"note-{line}", "").strip()
    if not found and not defects and defective is None and not note:
        return None
    return ResultIn(number, tuple(found), tuple(defects), defective, note)
