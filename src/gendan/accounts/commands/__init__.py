"""What administrators do with companies, people, roles and keys, and everybody with their own account."""

from gendan.accounts.commands.companies import create_company, set_logo, update_company
from gendan.accounts.commands.department_rows import save_departments
from gendan.accounts.commands.departments import delete_department, save_department
from gendan.accounts.commands.invitations import (
    accept_invitation,
    decline_invitation,
    invite_member,
    withdraw_invitation,
)
from gendan.accounts.commands.keys import create_api_key, revoke_api_key
from gendan.accounts.commands.links import choose_password, make_sign_in_link
from gendan.accounts.commands.own import set_language, switch_company, update_profile
from gendan.accounts.commands.people import (
    create_user,
    deactivate_member,
    reactivate_member,
    reset_password,
    set_member_roles,
    update_user,
)
from gendan.accounts.commands.people_rows import save_people
from gendan.accounts.commands.roles import delete_role, save_role
from gendan.accounts.commands.scopes import save_field_rights, save_role_scope
from gendan.accounts.commands.security import (
    look_as_role,
    require_second_factor,
    reset_second_factor,
    set_duties,
    stop_looking,
)

__all__ = [
    "accept_invitation",
    "choose_password",
    "create_api_key",
    "create_company",
    "create_user",
    "deactivate_member",
    "decline_invitation",
    "delete_department",
    "delete_role",
    "invite_member",
    "look_as_role",
    "make_sign_in_link",
    "reactivate_member",
    "require_second_factor",
    "reset_password",
    "reset_second_factor",
    "revoke_api_key",
    "save_department",
    "save_departments",
    "save_field_rights",
    "save_people",
    "save_role",
    "save_role_scope",
    "set_duties",
    "set_language",
    "set_logo",
    "set_member_roles",
    "stop_looking",
    "switch_company",
    "update_company",
    "update_profile",
    "update_user",
    "withdraw_invitation",
]
