"""What passed by a flow without anybody being asked: which flow let it, by name and version."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.kernel import timeline

PASSED_ALONE = gettext_lazy("按审批流程通过，没有审批人")


@dataclass(frozen=True, slots=True)
class Passed:
    """The flow that let a document pass; its event says so (``told``)."""

    flow: str
    version: int

    @property
    def told(self) -> dict[str, Any]:
        return {"flow": self.flow, "version": self.version}


def passed_by(kind: str, document: str, approver: str) -> str:
    """SQL: the flow that let a document pass, as JSON text; NULL where somebody (``approver``) approved it."""
    return (
        f"CASE WHEN {approver} IS NULL THEN (SELECT jsonb_build_object('flow', f.name, 'version', v.number)"
        " FROM flow_instance i JOIN flow_flowversion v ON v.id = i.version_id JOIN flow_flow f ON f.id = v.flow_id"
        f" WHERE i.kind = '{kind}' AND i.document_id = {document} AND i.transition = 'submit'"
        " AND i.state = 'approved' ORDER BY i.id DESC LIMIT 1)::text END AS passed_by"
    )


def passed_from(row: dict[str, Any]) -> None:
    """Read what ``passed_by`` brought, in place."""
    row["passed_by"] = json.loads(row["passed_by"]) if row["passed_by"] else None


def passed_words(told: Any) -> str:
    """«审批流程「小额申请自动通过」第 3 版» of what ``passed_by`` or an event says; "" for nothing."""
    if not told:
        return ""
    return _("审批流程「%(flow)s」第 %(version)s 版") % {
        "flow": told.get("flow", ""),
        "version": told.get("version", ""),
    }


def label_passed(*types: str) -> None:
    """Say how events are called by which a document passed without anybody's approval; in ``ready()``."""
    timeline.label_events(dict.fromkeys(types, PASSED_ALONE))
    timeline.REMARKS.update(dict.fromkeys(types, passed_words))
