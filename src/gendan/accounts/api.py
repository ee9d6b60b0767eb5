"""Companies, people, roles and keys for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import File, Status
from ninja.files import UploadedFile
from pydantic import AwareDatetime

from gendan.accounts import commands, queries, rights_api, security_api  # noqa: F401 - they add their endpoints
from gendan.accounts.api_router import router
from gendan.accounts.secret import Secret, new_api_key
from gendan.kernel import attachments
from gendan.kernel.api import Body, DoneOut, Number, Out, caller, done

PEOPLE, KEYS = "people", "api-keys"


class MeOut(Out):
    username: str
    name: str
    email: str
    phone: str
    language: str
    company: str
    company_name: str
    permissions: list[str]
    amount_limit: Number | None


class CompanyOut(Out):
    code: str
    name: str
    currency: str
    timezone: str
    over_tolerance: Number
    under_tolerance: Number
    use_confirmation: bool
    address: str
    phone: str
    tax_id: str
    has_logo: bool
    print_language: str
    gs1_prefix: str
    version: int


class CompanyIn(Body):
    """What is left out stays. ``print_language`` empty: the language of who prints; ``gs1_prefix`` empty: parcels get
    internal numbers."""

    version: int | None = None
    name: str | None = None
    currency: str | None = None
    timezone: str | None = None
    over_tolerance: Number | None = None
    under_tolerance: Number | None = None
    use_confirmation: bool | None = None
    address: str | None = None
    phone: str | None = None
    tax_id: str | None = None
    print_language: str | None = None
    gs1_prefix: str | None = None


class NewCompanyIn(Body):
    code: str
    name: str
    currency: str = "CNY"


class UserOut(Out):
    username: str
    name: str
    email: str
    phone: str
    language: str
    superior: str
    department: str
    is_active: bool
    roles: list[str]
    second_factor: bool
    version: int


class UsersOut(Out):
    items: list[UserOut]
    after: str


class NewUserIn(Body):
    username: str
    name: str
    password: str
    roles: list[str] = []
    email: str = ""
    phone: str = ""
    superior: str | None = None
    department: str = ""
    language: str = "zh-hans"


class UserIn(Body):
    """What is left out stays."""

    version: int | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    superior: str | None = None
    department: str | None = None


class InvitationIn(Body):
    username: str
    roles: list[str] = []


class InvitationOut(Out):
    """``state``: pending, expired or declined. It says nothing about the person."""

    id: int
    username: str
    roles: list[str]
    state: str
    invited_by: str
    created_at: datetime


class InvitationsOut(Out):
    items: list[InvitationOut]


class RolesIn(Body):
    roles: list[str]
    version: int | None = None


class MemberVersionIn(Body):
    version: int | None = None


class PasswordIn(Body):
    password: str


class RoleOut(Out):
    code: str
    name: str
    permissions: list[str]
    amount_limit: Number | None
    discount_limit: Number | None
    holders: int
    second_factor: bool
    version: int


class RolesOut(Out):
    items: list[RoleOut]


class RoleIn(Body):
    """``amount_limit`` null is no limit, ``discount_limit`` null what the company says."""

    name: str
    permissions: list[str]
    amount_limit: Number | None
    discount_limit: Number | None = None
    version: int | None = None


class PermissionOut(Out):
    code: str
    label: str


class PermissionsOut(Out):
    items: list[PermissionOut]


class ApiKeyOut(Out):
    id: int
    name: str
    hint: str
    username: str
    state: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ApiKeysOut(Out):
    items: list[ApiKeyOut]


class NewApiKeyIn(Body):
    """``username`` is the caller when left out."""

    name: str
    username: str | None = None
    expires_at: AwareDatetime | None = None


class NewApiKeyOut(Out):
    id: int
    name: str
    key: str


@router.get("/me", response=MeOut, tags=[PEOPLE])
def get_me(request: HttpRequest) -> Any:
    """Who the key stands for, in which company, with which permissions."""
    actor = caller(request)
    return {
        **queries.profile(actor),
        "permissions": sorted(actor.permissions),
        "amount_limit": actor.amount_limit,
    }


@router.get("/company", response=CompanyOut, tags=[PEOPLE])
def get_company(request: HttpRequest) -> Any:
    """The settings of the key's company."""
    actor = caller(request)
    actor.must(queries.VIEW)
    return queries.company_of(actor)


@router.patch("/company", response=CompanyOut, tags=[PEOPLE])
def update_company(request: HttpRequest, body: CompanyIn) -> Any:
    """Change settings of the key's company."""
    actor = caller(request)
    commands.update_company(actor=actor, **dict(body))
    return queries.company_of(actor)


@router.post("/company/logo", response=DoneOut, tags=[PEOPLE])
def set_logo(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """The picture at the head of printed documents: PNG or JPEG of at most 512 KB."""
    actor = caller(request)
    actor.must("accounts.update_company")
    return done(commands.set_logo(actor=actor, content=attachments.accept(file)))


@router.delete("/company/logo", response=DoneOut, tags=[PEOPLE])
def remove_logo(request: HttpRequest) -> Any:
    """Print without a picture."""
    return done(commands.set_logo(actor=caller(request), content=None))


@router.post("/companies", response={201: DoneOut}, tags=[PEOPLE])
def create_company(request: HttpRequest, body: NewCompanyIn) -> Any:
    """Another company in this installation; the caller administers it."""
    return Status(201, done(commands.create_company(actor=caller(request), **body.model_dump())))


@router.get("/users", response=UsersOut, tags=[PEOPLE])
def list_users(
    request: HttpRequest,
    q: str = "",
    active: bool | None = None,
    role: str = "",
    department: str = "",
    limit: int | None = None,
    after: str | None = None,
) -> Any:
    """The company's people by user name."""
    page = queries.members(caller(request), q, active, role, department, limit, after)
    return {"items": page.items, "after": page.after}


@router.post("/users", response={201: DoneOut}, tags=[PEOPLE])
def create_user(request: HttpRequest, body: NewUserIn) -> Any:
    """A person who signs in."""
    given = body.model_dump() | {"password": Secret(body.password)}
    return Status(201, done(commands.create_user(actor=caller(request), **given)))


@router.get("/invitations", response=InvitationsOut, tags=[PEOPLE])
def list_invitations(request: HttpRequest) -> Any:
    """The company's invitations that wait for an answer or were declined lately."""
    return {"items": queries.invitations(caller(request))}


@router.post("/invitations", response={201: DoneOut}, tags=[PEOPLE])
def invite_member(request: HttpRequest, body: InvitationIn) -> Any:
    """Offer somebody who has an account elsewhere to work here, too. They answer on their own pages."""
    return Status(201, done(commands.invite_member(actor=caller(request), **body.model_dump())))


@router.delete("/invitations/{int:invitation_id}", response=DoneOut, tags=[PEOPLE])
def withdraw_invitation(request: HttpRequest, invitation_id: int) -> Any:
    """Take an invitation back that nobody has answered."""
    return done(commands.withdraw_invitation(actor=caller(request), invitation_id=invitation_id))


@router.get("/users/{username}", response=UserOut, tags=[PEOPLE])
def get_user(request: HttpRequest, username: str) -> Any:
    """One of the company's people."""
    return queries.member(caller(request), username)


@router.patch("/users/{username}", response=DoneOut, tags=[PEOPLE])
def update_user(request: HttpRequest, username: str, body: UserIn) -> Any:
    """Change what is known of a person."""
    return done(commands.update_user(actor=caller(request), username=username, **body.model_dump()))


@router.put("/users/{username}/roles", response=DoneOut, tags=[PEOPLE])
def set_member_roles(request: HttpRequest, username: str, body: RolesIn) -> Any:
    """Give a person exactly these roles."""
    return done(commands.set_member_roles(actor=caller(request), username=username, **body.model_dump()))


@router.post("/users/{username}/deactivate", response=DoneOut, tags=[PEOPLE])
def deactivate_member(request: HttpRequest, username: str, body: MemberVersionIn) -> Any:
    """Shut a person out of the company."""
    return done(commands.deactivate_member(actor=caller(request), username=username, version=body.version))


@router.post("/users/{username}/reactivate", response=DoneOut, tags=[PEOPLE])
def reactivate_member(request: HttpRequest, username: str, body: MemberVersionIn) -> Any:
    """Let a person in again."""
    return done(commands.reactivate_member(actor=caller(request), username=username, version=body.version))


@router.post("/users/{username}/password", response=DoneOut, tags=[PEOPLE])
def reset_password(request: HttpRequest, username: str, body: PasswordIn) -> Any:
    """Give a person a new password."""
    return done(commands.reset_password(actor=caller(request), username=username, password=Secret(body.password)))


@router.get("/permissions", response=PermissionsOut, tags=[PEOPLE])
def list_permissions(request: HttpRequest) -> Any:
    """Every permission that a role can hold."""
    caller(request).must(queries.VIEW)
    return {
        "items": [
            {"code": found.code, "label": found.label}
            for group in queries.permission_groups()
            for found in group.permissions
        ]
    }


@router.get("/roles", response=RolesOut, tags=[PEOPLE])
def list_roles(request: HttpRequest) -> Any:
    """The company's roles."""
    return {"items": queries.roles(caller(request))}


@router.get("/roles/{code}", response=RoleOut, tags=[PEOPLE])
def get_role(request: HttpRequest, code: str) -> Any:
    """One role."""
    return queries.role(caller(request), code)


@router.put("/roles/{code}", response=DoneOut, tags=[PEOPLE])
def save_role(request: HttpRequest, code: str, body: RoleIn) -> Any:
    """Make a role, or change one."""
    return done(commands.save_role(actor=caller(request), code=code, **dict(body)))


@router.delete("/roles/{code}", response=DoneOut, tags=[PEOPLE])
def delete_role(request: HttpRequest, code: str) -> Any:
    """Delete a role that nobody holds."""
    return done(commands.delete_role(actor=caller(request), code=code))


@router.get("/api-keys", response=ApiKeysOut, tags=[KEYS])
def list_api_keys(request: HttpRequest) -> Any:
    """The company's keys, without the keys themselves."""
    return {"items": queries.api_keys(caller(request))}


@router.post("/api-keys", response={201: NewApiKeyOut}, tags=[KEYS])
def create_api_key(request: HttpRequest, body: NewApiKeyIn) -> Any:
    """A new key. The answer is the only place where it is ever shown."""
    actor = caller(request)
    key = new_api_key(actor)
    made = commands.create_api_key(
        actor=actor,
        name=body.name,
        key=key,
        username=body.username or queries.profile(actor)["username"],
        expires_at=body.expires_at,
    )
    return Status(201, {"id": made.id, "name": made.number, "key": key.reveal()})


@router.delete("/api-keys/{int:key_id}", response=DoneOut, tags=[KEYS])
def revoke_api_key(request: HttpRequest, key_id: int) -> Any:
    """Make a key useless."""
    return done(commands.revoke_api_key(actor=caller(request), key_id=key_id))
