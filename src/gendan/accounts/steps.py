"""Writes that other contexts need inside their commands."""

from __future__ import annotations

from gendan.accounts.models import Company, Membership, Role, User
from gendan.accounts.roles import TEMPLATES
from gendan.kernel.documents import KINDS
from gendan.kernel.numbering import ensure_sequences
from gendan.kernel.unit import step


@step
def create_company(code: str, name: str, currency: str = "CNY") -> Company:
    """A company with the standard roles and its number sequences."""
    company = Company.objects.create(code=code, name=name, currency=currency)
    Role.objects.bulk_create(
        Role(company=company, code=t.code, name=t.name, permissions=list(t.permissions), amount_limit=t.amount_limit)
        for t in TEMPLATES
    )
    ensure_sequences(company.pk, sorted({model.PREFIX for model in KINDS.values()}))
    return company


@step
def add_member(company: Company, username: str, name: str, password: str, roles: list[str], email: str = "") -> User:
    """A user (made if there is none of that name) with roles in the company."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        user = User.objects.create_user(username, email, password, name=name, last_company=company)
    membership, _ = Membership.objects.get_or_create(company=company, user=user)
    membership.roles.set(Role.objects.filter(company=company, code__in=roles))
    return user
