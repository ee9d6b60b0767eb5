"""Work for another company, too: an administrator invites a sign-in name, the person accepts or declines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts import rules, steps
from gendan.accounts.commands.people import must_cover, roles_named
from gendan.accounts.errors import AlreadyInvited, AlreadyMember, InvitationClosed
from gendan.accounts.models import Company, Invitation, Membership, User
from gendan.accounts.queries.invitations import home_of, is_open
from gendan.kernel import events, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command

WITHDRAW = _("撤回邀请")


@command("accounts.invite_member", _("邀请已有用户"), across=True)
def invite_member(*, actor: Actor, username: str, roles: Sequence[str] = ()) -> Done:
    """Offer somebody of another company to work here, too, with these roles.

    A name that nobody has is invited just alike: who has accounts elsewhere is none of this company's business.

    Errors: AlreadyMember, AlreadyInvited, BeyondOwnRights, BeyondOwnLimit.
    """
    username = username.strip()
    if not rules.USERNAME.fullmatch(username):
        raise Invalid({"username": _("用户名为字母、数字或 . @ + - _，不含空格。")})
    steps.lock_people(actor.company_id)
    member = Membership.objects.filter(company_id=actor.company_id, user__username__iexact=username).first()
    if member is not None:
        raise AlreadyMember(username=username)
    granted = roles_named(actor, roles)
    must_cover(actor, granted)
    earlier = Invitation.objects.filter(
        company_id=actor.company_id, username__iexact=username, state=Invitation.State.PENDING
    ).first()
    if earlier is not None:
        if is_open(earlier):
            raise AlreadyInvited(username=username)
        _end(earlier, Invitation.State.WITHDRAWN)
    invited = Invitation.objects.create(
        company_id=actor.company_id,
        username=username,
        user=User.objects.filter(username__iexact=username, is_active=True).first(),
        invited_by_id=actor.user_id,
    )
    invited.roles.set(granted)
    _tell(actor, invited)
    events.record("accounts.member_invited", steps.subject_of(invited), actor, roles=[role.code for role in granted])
    return Done("invitation", invited.pk, username, invited.state)


@command("accounts.withdraw_invitation", WITHDRAW, permission="accounts.invite_member", across=True)
def withdraw_invitation(*, actor: Actor, invitation_id: int) -> Done:
    """Take an offer back that nobody has answered. Errors: NotFound, InvitationClosed."""
    steps.lock_people(actor.company_id)
    found = Invitation.objects.filter(pk=invitation_id, company_id=actor.company_id).first()
    if found is None:
        raise NotFound(what=_now("邀请"))
    if found.state != Invitation.State.PENDING:
        raise InvitationClosed()
    _end(found, Invitation.State.WITHDRAWN)
    events.record("accounts.invitation_withdrawn", steps.subject_of(found), actor)
    return Done("invitation", found.pk, found.username, found.state)


@command("accounts.accept_invitation", _("接受邀请"), permission="", across=True)
def accept_invitation(*, actor: Actor, invitation_id: int) -> Done:
    """Work in the company that invites from now on. Errors: NotFound, InvitationClosed."""
    invited = _mine(actor, invitation_id)
    membership, is_new = Membership.objects.get_or_create(company_id=invited.company_id, user_id=actor.user_id or 0)
    if is_new:
        membership.roles.set(invited.roles.all())
    _end(invited, Invitation.State.ACCEPTED)
    user = User.objects.get(pk=actor.user_id or 0)
    events.record(
        "accounts.invitation_accepted",
        steps.subject_of(user),
        replace(actor, company_id=invited.company_id),
        refs=[f"invitation:{invited.username}"],
        roles=sorted(role.code for role in invited.roles.all()),
    )
    company = Company.objects.get(pk=invited.company_id)
    return Done("company", company.pk, company.code, data={"name": company.name})


@command("accounts.decline_invitation", _("谢绝邀请"), permission="", across=True)
def decline_invitation(*, actor: Actor, invitation_id: int) -> Done:
    """Stay out. The company is told that the name declined, not whose it is. Errors: NotFound, InvitationClosed."""
    invited = _mine(actor, invitation_id)
    _end(invited, Invitation.State.DECLINED)
    nobody = replace(actor, company_id=invited.company_id, user_id=None, name="")
    events.record("accounts.invitation_declined", steps.subject_of(invited), nobody)
    return Done("invitation", invited.pk, invited.username, invited.state)


def _mine(actor: Actor, invitation_id: int) -> Invitation:
    """An offer made to the actor, locked like every change of a company's people."""
    mine = Invitation.objects.filter(pk=invitation_id, user_id=actor.user_id or 0)
    found = mine.first()
    if found is None:
        raise NotFound(what=_now("邀请"))
    steps.lock_people(found.company_id)
    found.refresh_from_db()
    if not is_open(found):
        raise InvitationClosed()
    return found


def _end(invited: Invitation, state: Invitation.State) -> None:
    invited.state = state
    invited.answered_at = Now()
    invited.save(update_fields=["state", "answered_at"])
    invited.state = state.value


def _tell(actor: Actor, invited: Invitation) -> None:
    """A notice where the person works; who works nowhere is asked when signing in."""
    if invited.user is None or (home := home_of(invited.user)) is None:
        return
    company = Company.objects.get(pk=actor.company_id)
    with translation.override(invited.user.language):
        text = _now("%(who)s 邀请您加入「%(company)s」，请接受或谢绝。") % {"who": actor.name, "company": company.name}
    subject = steps.subject_of(invited)
    notices.notify(home, [invited.user.pk], "invitation", text, replace(subject, number=str(invited.pk)))
