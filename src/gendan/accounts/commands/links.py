"""A link behind which somebody chooses a password: for who was brought in by a file, or has forgotten theirs.

The link is signed over the password, the last sign-in and the time: it ends after three days, with the next sign-in,
and when a password is chosen. It stands in no table and no log.
"""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts import steps
from gendan.accounts.commands.people import lock_member, must_be_ours, password_problems
from gendan.accounts.errors import LinkOver, NotIn
from gendan.accounts.models import User
from gendan.accounts.secret import Secret
from gendan.kernel import events
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command


@command("accounts.make_sign_in_link", _("生成设置密码的链接"), permission="accounts.reset_password")
def make_sign_in_link(*, actor: Actor, username: str) -> Done:
    """Let a colleague choose a password behind a link, which is read with ``queries.sign_in_link``.
    Errors: NotFound, NotIn, BelongsElsewhere, BeyondOwnRights.
    """
    member = lock_member(actor, username)
    must_be_ours(actor, member)
    if not (member.is_active and member.user.is_active):
        raise NotIn(username=member.user.username)
    events.record("accounts.sign_in_link_made", steps.subject_of(member.user), actor)
    return Done("user", member.user_id, member.user.username)


@command("accounts.choose_password", _("通过链接设置密码"), permission="")
def choose_password(*, actor: Actor, token: Secret, password: Secret) -> Done:
    """Choose one's own password behind such a link. Errors: LinkOver, Invalid."""
    user = User.objects.select_for_update().filter(pk=actor.user_id or 0, is_active=True).first()
    if user is None:
        raise NotFound(what=_now("链接"))
    if not default_token_generator.check_token(user, token.reveal()):
        raise LinkOver()
    if problems := password_problems(password, user):
        raise Invalid(problems)
    user.set_password(password.reveal())
    user.save(update_fields=["password"])
    events.record("accounts.password_chosen", steps.subject_of(user), actor)
    return Done("user", user.pk, user.username)
