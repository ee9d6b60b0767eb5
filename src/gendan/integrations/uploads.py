"""An uploaded file between its steps: kept by content, named by a signed address that only its uploader can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.core import signing

from gendan.integrations.errors import ImportGone
from gendan.kernel import files
from gendan.kernel.actor import Actor

_SALT = "gendan.integrations.upload"
_MAX_AGE = 24 * 3600


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file that is meant for a resource; ``given`` are values that hold for all its rows, by column."""

    company: int
    user: int
    resource: str
    name: str
    sha256: str
    given: Mapping[str, str] = field(default_factory=dict)

    def is_of(self, actor: Actor) -> bool:
        """Whether this actor uploaded it, in this company."""
        return (self.company, self.user) == (actor.company_id, actor.user_id or 0)

    @property
    def path(self) -> Path:
        """Where it lies; ImportGone when it was cleaned up."""
        found = files.path_of(self.sha256)
        if not found.exists():
            raise ImportGone()
        return found


def token_of(upload: Upload) -> str:
    """The address of the next step."""
    return signing.dumps(asdict(upload), salt=_SALT, compress=True)


def upload_of(actor: Actor, token: str) -> Upload:
    """The upload behind an address, for its uploader; ImportGone for any other, forged or old."""
    try:
        data: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=_MAX_AGE)
    except signing.BadSignature:
        raise ImportGone() from None
    upload = Upload(**data)
    if not upload.is_of(actor):
        raise ImportGone()
    return upload
