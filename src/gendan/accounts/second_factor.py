"""The second step of signing in, where roles ask for it: how allauth keeps and shows it here."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, sealed, wall

_SECRET = "secret"
_REQUIRED = """
SELECT 1 FROM accounts_membership m JOIN accounts_membership_roles mr ON mr.membership_id = m.id
JOIN accounts_role r ON r.id = mr.role_id
WHERE m.user_id = %s AND m.is_active AND r.second_factor LIMIT 1
"""


def is_required(user_id: int) -> bool:
    """Whether somebody holds a role, in any company, whose members sign in with two steps."""
    with wall.within(None):
        return db.row(_REQUIRED, [user_id]) is not None


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The picture to scan stays the same while it is set up: a page that is opened twice, or once more by the browser,
    does not make the one void that the phone has scanned already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        shown = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if shown:
            self.secret = session[SECRET_SESSION_KEY] = shown


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are kept encrypted; who needs the second step cannot drop it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("您的角色要求两步验证，不能关闭。换手机请先用恢复码登录，或请管理员重置。"),
        "incorrect_code": _("验证码不对。"),
    }

    def encrypt(self, text: str) -> str:
        """What goes into the database; a copy of it alone lets nobody in."""
        return sealed.seal({_SECRET: text})

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one of before this was kept as it is."""
        return sealed.unseal(encrypted_text).get(_SECRET, encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refused to who has to have it."""
        return not is_required(authenticator.user_id)
