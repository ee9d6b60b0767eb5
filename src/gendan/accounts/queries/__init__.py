"""Who is it, who is there, who may do what."""

from gendan.accounts.queries.actors import (
    actor_by_codes,
    actor_by_key,
    actor_by_user,
    actor_of_session,
    digest_of,
    installation,
)
from gendan.accounts.queries.departments import department, departments, heads_of, superiors_of
from gendan.accounts.queries.invitations import invitations, is_invited, own_invitations
from gendan.accounts.queries.keys import api_keys
from gendan.accounts.queries.letterhead import letterhead, logo_of
from gendan.accounts.queries.links import public_address, sign_in_link, who_has_link
from gendan.accounts.queries.people import companies_of, company_of, member, members, people_like, profile
from gendan.accounts.queries.roles import VIEW, known_permissions, permission_groups, role, roles
from gendan.accounts.queries.scopes import CHOICES, FieldRight, field_rights, role_scope, settable_fields

__all__ = [
    "CHOICES",
    "VIEW",
    "FieldRight",
    "actor_by_codes",
    "actor_by_key",
    "actor_by_user",
    "actor_of_session",
    "api_keys",
    "companies_of",
    "company_of",
    "department",
    "departments",
    "digest_of",
    "field_rights",
    "heads_of",
    "installation",
    "invitations",
    "is_invited",
    "known_permissions",
    "letterhead",
    "logo_of",
    "member",
    "members",
    "own_invitations",
    "people_like",
    "permission_groups",
    "profile",
    "public_address",
    "role",
    "role_scope",
    "roles",
    "settable_fields",
    "sign_in_link",
    "superiors_of",
    "who_has_link",
]
