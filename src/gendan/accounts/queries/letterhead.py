"""What stands at the head of a company's documents."""

from __future__ import annotations

import base64

from gendan.kernel import db, files
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import sniff
from gendan.kernel.errors import NotFound
from gendan.kernel.pdf import Letterhead


def letterhead(actor: Actor) -> Letterhead:
    """Name, address and picture of the actor's company, and the language it prints in; one statement."""
    found = db.row(
        "SELECT name, address, phone, tax_id, logo, print_language FROM accounts_company WHERE id = %s",
        [actor.company_id],
    )
    assert found is not None
    name, address, phone, tax_id, logo, language = found
    return Letterhead(name, address, phone, tax_id, _inline(logo) if logo else "", language)


def logo_of(actor: Actor) -> tuple[str, str]:
    """The hash and the media type of the company's picture."""
    found = db.row("SELECT logo FROM accounts_company WHERE id = %s AND logo <> ''", [actor.company_id])
    if found is None or not files.path_of(found[0]).exists():
        raise NotFound(what="logo")
    with files.open_stored(found[0]) as file:
        return found[0], sniff(file) or "image/png"


def _inline(sha256: str) -> str:
    """A picture as it is put into a document; empty when its file is gone."""
    try:
        with files.open_stored(sha256) as file:
            media_type = sniff(file)
            file.seek(0)
            return f"data:{media_type};base64,{base64.b64encode(file.read()).decode()}"
    except FileNotFoundError:
        return ""
