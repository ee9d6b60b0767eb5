"""Writes that other contexts need inside their commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib.auth.hashers import make_password

from gendan.accounts import rules
from gendan.accounts.errors import LastAdministrator
from gendan.accounts.models import Company, Department, Invitation, Membership, Role, User
from gendan.accounts.roles import TEMPLATES
from gendan.kernel import codes, db, wall
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS
from gendan.kernel.events import Subject
from gendan.kernel.numbering import ensure_sequences, next_values
from gendan.kernel.unit import step

PARCELS = "SSCC"  # the sequence that numbers parcels
# What other contexts put into a new company, given its id; they register in ``ready()``.
COMPANY_CREATED: list[Callable[[int], None]] = []


@step
def create_company(code: str, name: str, currency: str = "CNY") -> Company:
    """A company with the standard roles and its number sequences."""
    company = Company.objects.create(code=code, name=name, currency=currency)
    Role.objects.bulk_create(
        Role(
            company=company,
            code=t.code,
            name=t.name,
            permissions=list(t.permissions),
            given=list(t.permissions),
            amount_limit=t.amount_limit,
            discount_limit=t.discount_limit,
        )
        for t in TEMPLATES
    )
    with wall.within(None):  # it is not the company in which this is done
        ensure_sequences(company.pk, [*sorted({model.PREFIX for model in KINDS.values()}), PARCELS])
    return company


@step
def next_ssccs(actor: Actor, count: int) -> list[str]:
    """Numbers for new parcels (SSCC), under the company's GS1 prefix; without one, internal numbers."""
    found = db.row("SELECT gs1_prefix FROM accounts_company WHERE id = %s", [actor.company_id])
    prefix = found[0] if found else ""
    return [codes.sscc(prefix, serial) for serial in next_values(actor.company_id, PARCELS, count)]


@step
def furnish(company: Company) -> None:
    """Let every context put its defaults (units, currencies, a warehouse …) into a new company."""
    with wall.within(company.pk):
        for create_defaults in COMPANY_CREATED:
            create_defaults(company.pk)


@step
def add_member(company: Company, username: str, name: str, password: str, roles: list[str], email: str = "") -> User:
    """A user (made if there is none of that name) with roles in the company; for who runs the installation: an
    administrator invites."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        user = User.objects.create_user(username, email, password, name=name, last_company=company)
    membership, _ = Membership.objects.get_or_create(company=company, user=user)
    membership.roles.set(Role.objects.filter(company=company, code__in=roles))
    return user


@step
def give_password(users: Iterable[User], password: str) -> None:
    """The same password for all of these, hashed once, which takes long on purpose."""
    User.objects.filter(pk__in=[user.pk for user in users]).update(password=make_password(password))


@step
def lock_people(company_id: int) -> None:
    """Let one change of roles and members happen after the other, so that two cannot each remove the other's last
    administrator."""
    db.row("SELECT 1 FROM accounts_company WHERE id = %s FOR NO KEY UPDATE", [company_id])


@step
def keep_an_administrator(company_id: int) -> None:
    """Refuse what would leave the company without anybody who may do everything."""
    found = db.row(
        "SELECT 1 FROM accounts_membership m"
        " JOIN accounts_user u ON u.id = m.user_id AND u.is_active"
        " JOIN accounts_membership_roles mr ON mr.membership_id = m.id"
        " JOIN accounts_role r ON r.id = mr.role_id AND %s = ANY (r.permissions)"
        " WHERE m.company_id = %s AND m.is_active LIMIT 1",
        [rules.EVERYTHING, company_id],
    )
    if found is None:
        raise LastAdministrator()


def subject_of(thing: Company | User | Role | Invitation | Department) -> Subject:
    """What an event about it is about."""
    if isinstance(thing, Department):
        return Subject("department", thing.pk, thing.code)
    if isinstance(thing, User | Invitation):
        return Subject("user" if isinstance(thing, User) else "invitation", thing.pk, thing.username)
    return Subject("company" if isinstance(thing, Company) else "role", thing.pk, thing.code)
