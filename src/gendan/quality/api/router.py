"""What the routes of quality share."""

from typing import Any

from ninja import Router

from gendan.kernel.api import ProblemOut

router = Router(tags=["quality"])
REFUSALS: dict[Any, Any] = {(401, 403, 404, 409, 422): ProblemOut}
