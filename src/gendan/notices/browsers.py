"""The verbs of browsers: let one be pushed to, or do not any more."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command
from gendan.notices.push import unb64

MOST = 20  # browsers of a person
_SAVE = """
INSERT INTO notices_browser (company_id, user_id, endpoint, key, auth, name)
VALUES (%s::bigint, %s::bigint, %s::text, %s::text, %s::text, %s::text)
ON CONFLICT (company_id, user_id, endpoint) DO UPDATE SET key = excluded.key, auth = excluded.auth,
 name = excluded.name RETURNING id
"""
_OLD = """
DELETE FROM notices_browser WHERE id IN (SELECT id FROM notices_browser WHERE company_id = %s::bigint
 AND user_id = %s::bigint ORDER BY id DESC OFFSET %s)
"""


@command("notices.save_browser", _("在这台浏览器上接收推送"), permission="")
def save_browser(*, actor: Actor, endpoint: str, key: str, auth: str, name: str = "") -> Done:
    """Let a browser be pushed to; what it said when it was asked. Errors: Invalid."""
    if actor.user_id is None:
        raise NotFound(what=actor.name)
    parts = urlsplit(endpoint)
    safe = parts.scheme == "https" or parts.netloc in settings.OUTGOING_ALLOWED
    try:
        sound = len(unb64(key)) == 65 and len(unb64(auth)) == 16
    except ValueError:
        sound = False
    if not (safe and sound and parts.hostname and len(endpoint) <= 800):
        raise Invalid({"endpoint": _now("浏览器给出的推送地址无法使用")})
    found = db.row(_SAVE, [actor.company_id, actor.user_id, endpoint, key, auth, name.strip()[:80]])
    assert found is not None
    db.execute(_OLD, [actor.company_id, actor.user_id, MOST])
    return Done("browser", found[0], str(found[0]))


@command("notices.forget_browser", _("不再推送到某台浏览器"), permission="")
def forget_browser(*, actor: Actor, browser_id: int) -> Done:
    """Push no more to one of one's own browsers."""
    db.execute(
        "DELETE FROM notices_browser WHERE company_id = %s::bigint AND user_id = %s::bigint AND id = %s::bigint",
        [actor.company_id, actor.user_id, browser_id],
    )
    return Done("browser", browser_id, str(browser_id))
