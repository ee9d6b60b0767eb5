"""The router of the settlement API, and what its endpoints share."""

from __future__ import annotations

from ninja import Router

from gendan.kernel.api import Body, ProblemOut

router = Router(tags=["settlement"])
REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 409: ProblemOut, 422: ProblemOut}


class BillVersionBody(Body):
    """The version that the caller saw; a newer one refuses the request."""

    version: int | None = None


class BillReasonBody(BillVersionBody):
    reason: str = ""
