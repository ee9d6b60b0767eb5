"""The one router of approvals."""

from __future__ import annotations

from typing import Any

from ninja import Router

from gendan.kernel.api import ProblemOut

router = Router(tags=["approvals"])
REFUSALS: dict[Any, Any] = {(401, 403, 404, 409, 422): ProblemOut}
