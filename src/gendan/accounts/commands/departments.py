"""Departments: made, renamed, moved below another, given a head, deleted."""

from __future__ import annotations

from django.db.models import ProtectedError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.accounts import rules, steps
from gendan.accounts.errors import DepartmentInUse
from gendan.accounts.models import Department, Membership, User
from gendan.accounts.scoped import must_be_unlimited
from gendan.kernel import db, events
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command

_IS_BELOW = """
WITH RECURSIVE above(id, parent_id) AS (
 SELECT id, parent_id FROM accounts_department WHERE id = %s
 UNION SELECT d.id, d.parent_id FROM above a JOIN accounts_department d ON d.id = a.parent_id)
SELECT 1 FROM above WHERE id = %s
"""


@command("accounts.save_department", _("新建或修改部门"))
def save_department(
    *, actor: Actor, code: str, name: str, parent: str = "", head: str = "", version: int | None = None
) -> Done:
    """Make a department, or change one: below another (its code) or at the top, led by a member or by nobody."""
    code, name = code.strip().upper(), name.strip()
    problems: dict[str, str | Promise] = {}
    if not rules.DEPARTMENT_CODE.fullmatch(code):
        problems["code"] = _("部门代码为字母、数字、- 和 _，最多 32 位。")
    if not 1 <= len(name) <= 80:
        problems["name"] = _("请填写部门名称（最多 80 字）。")
    if problems:
        raise Invalid(problems)
    must_be_unlimited(actor)
    steps.lock_people(actor.company_id)
    known = Department.objects.select_related("parent", "head")
    found = known.filter(company_id=actor.company_id, code=code).first()
    if found is None and version is not None:
        raise NotFound(what=code)
    wanted = {"name": name, "parent": _parent(actor, parent, found), "head": _head(actor, head)}
    if found is None:
        made = Department.objects.create(company_id=actor.company_id, code=code, **wanted)
        given = {"name": name, "parent": parent, "head": head}
        events.record("accounts.department_created", steps.subject_of(made), actor, **given)
        return Done("department", made.pk, code)
    check_version(found.name, found.version, version)
    changes = {
        key: [str(getattr(found, key) or ""), str(value or "")]
        for key, value in wanted.items()
        if getattr(found, key) != value
    }
    if changes:
        for key, value in wanted.items():
            setattr(found, key, value)
        found.version += 1
        found.save(update_fields=[*wanted, "version"])
        events.record("accounts.department_updated", steps.subject_of(found), actor, changes=changes)
    return Done("department", found.pk, code, version=found.version)


@command("accounts.delete_department", _("删除部门"))
def delete_department(*, actor: Actor, code: str, version: int | None = None) -> Done:
    """Delete a department that has neither members nor departments below it."""
    must_be_unlimited(actor)
    steps.lock_people(actor.company_id)
    found = named(actor, code)
    if found is None:
        raise NotFound(what=code)
    check_version(found.name, found.version, version)
    done = Done("department", found.pk, found.code, version=found.version)
    subject = steps.subject_of(found)
    try:
        found.delete()
    except ProtectedError:
        raise DepartmentInUse(
            name=found.name,
            people=Membership.objects.filter(department=done.id).count(),
            below=Department.objects.filter(parent=done.id).count(),
        ) from None
    events.record("accounts.department_deleted", subject, actor, name=found.name)
    return done


def named(actor: Actor, code: str) -> Department | None:
    """A department of the actor's company by its code, whatever its case."""
    return Department.objects.filter(company_id=actor.company_id, code=code.strip().upper()).first()


def _parent(actor: Actor, code: str, child: Department | None) -> Department | None:
    if not code:
        return None
    found = named(actor, code)
    if found is None:
        raise Invalid({"parent": _("没有部门 %(code)s。") % {"code": code}})
    if child is not None and db.row(_IS_BELOW, [found.pk, child.pk]):
        raise Invalid({"parent": _("部门不能放在自己或自己的下级部门之下。")})
    return found


def _head(actor: Actor, username: str) -> User | None:
    if not username:
        return None
    found = User.objects.filter(
        username__iexact=username, memberships__company_id=actor.company_id, memberships__is_active=True
    ).first()
    if found is None:
        raise Invalid({"head": _("部门负责人须是本公司的在用成员。")})
    return found
