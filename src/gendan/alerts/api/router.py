"""The one router of exceptions."""

from __future__ import annotations

from typing import Any

from ninja import Router

from gendan.kernel.api import DoneOut, ProblemOut

router = Router(tags=["exceptions"])
REFUSALS: dict[Any, Any] = {(401, 403, 404, 409, 422): ProblemOut}
ANSWERS: dict[Any, Any] = {200: DoneOut, **REFUSALS}
