"""Situations of companies, people, roles and keys."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.core.files.uploadedfile import SimpleUploadedFile

from gendan.accounts import commands
from gendan.accounts.errors import LinkOver
from gendan.accounts.models import User
from gendan.accounts.queries import FieldRight
from gendan.accounts.secret import Secret, new_api_key
from gendan.accounts.tests import make as people
from gendan.kernel import attachments
from gendan.kernel.actor import Actor
from gendan.portal.tests.make import PNG

from .scenario import Arguments, World, scenario

OWN_ACCOUNT = "it is about one's own account"
KEY = Secret("gd_" + "k" * 40)
PASSWORD = Secret("kuaile-cangku-8")


def guest_name(world: World) -> str:
    return f"guest-of-{world.company.code}"


def guest(world: World) -> Actor:
    """Somebody of another company whom this one has invited (made by ``invited``)."""
    return people.actor_for(User.objects.get(username=guest_name(world)))


def invited(world: World) -> Arguments:
    people.make_actor(username=guest_name(world))
    return {"invitation_id": commands.invite_member(actor=world.admin, username=guest_name(world)).id}


def role(world: World) -> str:
    """A role that nobody holds and that allows nothing."""
    return commands.save_role(actor=world.admin, code="helper", name="帮手", permissions=[]).number


def department(world: World) -> str:
    """A department that nobody is in."""
    return commands.save_department(actor=world.admin, code="BUY", name="采购部").number


@scenario("accounts.create_company", own="everybody makes a company of their own", elsewhere="the new company")
def create_company(world: World) -> Arguments:
    return {"code": "NEWCO", "name": "新公司"}


@scenario("accounts.update_company", own="it names no company: always the actor's own")
def update_company(world: World) -> Arguments:
    return {"name": "新的名称"}


@scenario("accounts.set_logo", own="it names no company: always the actor's own")
def set_logo(world: World) -> Arguments:
    picture = SimpleUploadedFile("logo.png", PNG)
    return {"content": attachments.accept(picture)}


@scenario(
    "accounts.invite_member",
    own="who has accounts elsewhere is no company's business: any name can be invited",
    elsewhere="the notice stands where the person works",
)
def invite_member(world: World) -> Arguments:
    people.make_actor(username=guest_name(world))
    return {"username": guest_name(world), "roles": []}


@scenario("accounts.withdraw_invitation")
def withdraw_invitation(world: World) -> Arguments:
    return invited(world)


@scenario("accounts.accept_invitation", actor=guest, elsewhere="the company that invites gets a member")
def accept_invitation(world: World) -> Arguments:
    return invited(world)


@scenario("accounts.decline_invitation", actor=guest, elsewhere="the company that invites is told")
def decline_invitation(world: World) -> Arguments:
    return invited(world)


@scenario("accounts.create_user", own="a new person of one's own company")
def create_user(world: World) -> Arguments:
    return {"username": "newcomer", "name": "新人", "password": PASSWORD}


@scenario("accounts.update_user")
def update_user(world: World) -> Arguments:
    return {"username": world.colleague.username, "phone": "13800000000"}


@scenario("accounts.set_member_roles")
def set_member_roles(world: World) -> Arguments:
    return {"username": world.colleague.username, "roles": [role(world)]}


@scenario("accounts.deactivate_member")
def deactivate_member(world: World) -> Arguments:
    return {"username": world.colleague.username}


@scenario("accounts.reactivate_member")
def reactivate_member(world: World) -> Arguments:
    commands.deactivate_member(actor=world.admin, username=world.colleague.username)
    return {"username": world.colleague.username}


@scenario("accounts.reset_password")
def reset_password(world: World) -> Arguments:
    return {"username": world.colleague.username, "password": PASSWORD}


@scenario("accounts.save_role")
def save_role(world: World) -> Arguments:
    return {"code": role(world), "name": "新帮手", "permissions": [], "version": 1}


@scenario("accounts.delete_role")
def delete_role(world: World) -> Arguments:
    return {"code": role(world)}


@scenario("accounts.create_api_key")
def create_api_key(world: World) -> Arguments:
    return {"name": "接口", "key": KEY, "username": world.colleague.username}


@scenario("accounts.revoke_api_key")
def revoke_api_key(world: World) -> Arguments:
    key = new_api_key(world.admin)
    made = commands.create_api_key(actor=world.admin, name="接口", key=key, username=world.colleague.username)
    return {"key_id": made.id}


@scenario("accounts.set_language", own=OWN_ACCOUNT)
def set_language(world: World) -> Arguments:
    return {"language": "en"}


@scenario("accounts.update_profile", own=OWN_ACCOUNT)
def update_profile(world: World) -> Arguments:
    return {"name": "王芳", "email": "wangfang@example.com"}


@scenario("accounts.switch_company", elsewhere="it is recorded where the person goes")
def switch_company(world: World) -> Arguments:
    other = people.make_company()
    people.join(other, User.objects.get(pk=world.admin.user_id or 0))
    return {"code": other.code}


@scenario("accounts.save_department")
def save_department(world: World) -> Arguments:
    return {"code": department(world), "name": "采购中心", "head": world.colleague.username, "version": 1}


@scenario("accounts.delete_department")
def delete_department(world: World) -> Arguments:
    return {"code": department(world)}


@scenario("accounts.save_role_scope")
def save_role_scope(world: World) -> Arguments:
    return {"code": role(world), "documents": {"purchasing": "own"}, "warehouses": ["MAIN"], "version": 1}


@scenario("accounts.require_second_factor")
def require_second_factor(world: World) -> Arguments:
    return {"code": role(world), "required": True, "version": 1}


@scenario("accounts.reset_second_factor")
def reset_second_factor(world: World) -> Arguments:
    Authenticator.objects.create(user=world.colleague, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return {"username": world.colleague.username}


@scenario("accounts.look_as_role", passing="the session keeps it")
def look_as_role(world: World) -> Arguments:
    return {"code": role(world)}


@scenario("accounts.stop_looking", passing="the session keeps it")
def stop_looking(world: World) -> Arguments:
    return {"code": role(world)}


@scenario("accounts.set_duties", own="it names no company: always the actor's own")
def set_duties(world: World) -> Arguments:
    return {"rules": {"order_receive": "stop"}}


@scenario("accounts.save_field_rights")
def save_field_rights(world: World) -> Arguments:
    return {"code": role(world), "rights": [FieldRight("po", "note", "hidden")], "version": 1}


@scenario("accounts.save_people", own="rows name people of one's own company, or new ones")
def save_people(world: World) -> Arguments:
    return {"rows": [{"username": world.colleague.username, "phone": "13800000000"}]}


@scenario("accounts.save_departments", own="rows name departments of one's own company, or new ones")
def save_departments(world: World) -> Arguments:
    return {"rows": [{"code": "CK", "name": "仓库"}]}


@scenario("accounts.make_sign_in_link", passing="the link stands in no table")
def make_sign_in_link(world: World) -> Arguments:
    return {"username": world.colleague.username}


@scenario("accounts.choose_password", refusal=LinkOver)
def choose_password(world: World) -> Arguments:
    mine = User.objects.get(pk=world.admin.user_id or 0)
    return {"token": Secret(default_token_generator.make_token(mine)), "password": PASSWORD}
