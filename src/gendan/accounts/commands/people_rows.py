"""People by the row, as a file brings them: any number in a fixed number of statements.

Each row is asked what the verbs for one person ask: nobody gives or takes more than they hold, nobody changes who
belongs to another company, too, and somebody who may do everything stays. Passwords do not come this way: who is new
has none, and chooses one behind a link (accounts/commands/links.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts import rules, steps
from gendan.accounts.columns import PEOPLE
from gendan.accounts.commands.people import must_cover, profile_problems
from gendan.accounts.commands.people_written import write
from gendan.accounts.errors import BelongsElsewhere, EmailInUse, LastAdministrator, NotYourself, UserExists
from gendan.accounts.models import Role
from gendan.accounts.queries.rows import Person, known_departments, known_people
from gendan.accounts.rows import Line, answer, complete, good, read, to_write
from gendan.kernel import db, wall
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Row
from gendan.kernel.errors import AppError, Forbidden
from gendan.kernel.unit import Done, command, label_of

PROFILE = ("name", "email", "phone", "language")


@dataclass(slots=True)
class Known:
    """What a row is looked at against, read once for all rows."""

    actor: Actor
    people: dict[str, Person]
    departments: dict[str, str]  # code or name, in lower case → code
    roles: dict[str, Role]  # code or name, in lower case
    by_code: dict[str, Role]
    taken: set[str] = field(default_factory=set)  # user names that somebody outside has
    emails: dict[str, str] = field(default_factory=dict)  # address → who has it
    elsewhere: set[int] = field(default_factory=set)
    covered: dict[str, AppError | None] = field(default_factory=dict)

    def refusal_of(self, codes: Sequence[str]) -> AppError | None:
        """Why the actor cannot give or take these roles; each is asked once."""
        for code in codes:
            if code not in self.covered:
                self.covered[code] = _refusal(self.actor, self.by_code[code])
        return next((found for code in codes if (found := self.covered[code])), None)


@command("accounts.save_people", _("批量保存用户"), permission="accounts.update_user")
def save_people(*, actor: Actor, rows: Sequence[Row], atomic: bool = False, dry_run: bool = False) -> Done:
    """Make or change people with their roles and places; ``data["outcomes"]`` says what became of each row. What a row
    leaves out stays; making, roles, shutting out and letting in ask for the permission of the verb. Errors:
    BeyondOwnScope.
    """
    must_cover(actor, [])
    steps.lock_people(actor.company_id)
    lines = read(PEOPLE, rows)
    known = _known(actor, lines)
    for line in lines:
        _meet(known, line)
        _check(known, line)
    _refuse_places(known, lines)
    _keep_an_administrator(known, lines)
    wanted = to_write(lines, atomic, dry_run)
    write(actor, wanted, known.people, {code: role.pk for code, role in known.by_code.items()})
    return answer("user", lines, atomic)


def _known(actor: Actor, lines: Sequence[Line]) -> Known:
    people = known_people(actor.company_id)
    departments = known_departments(actor.company_id).values()
    roles = list(Role.objects.filter(company_id=actor.company_id))
    names = [line.key.lower() for line in lines if line.key and line.key.lower() not in people]
    mails = [str(line.given["email"]).lower() for line in lines if line.given.get("email")]
    found = db.rows(
        "SELECT lower(username), lower(email) FROM accounts_user"
        " WHERE lower(username) = ANY(%s::text[]) OR lower(email) = ANY(%s::text[])",
        [names, mails],
    )
    ours = [people[line.key.lower()].user_id for line in lines if line.key.lower() in people]
    with wall.within(None):
        elsewhere = db.rows(
            "SELECT DISTINCT user_id FROM accounts_membership WHERE user_id = ANY(%s::bigint[]) AND company_id <> %s",
            [ours, actor.company_id],
        )
    return Known(
        actor,
        people,
        {place.name.lower(): place.code for place in departments} | {p.code.lower(): p.code for p in departments},
        {role.name.lower(): role for role in roles} | {role.code: role for role in roles},
        {role.code: role for role in roles},
        {name for name, _mail in found} & set(names),
        {mail: name for name, mail in found if mail},
        {user for (user,) in elsewhere},
    )


def _meet(known: Known, line: Line) -> None:
    """Tell who is new from who changes, and in what."""
    if line.key and not rules.USERNAME.fullmatch(line.key):
        line.errors.setdefault("username", _now("用户名为字母、数字或 . @ + - _，不含空格。"))
    _resolve(known, line)
    found = known.people.get(line.key.lower())
    if found is None:
        line.is_new = True
        if line.key.lower() in known.taken:
            line.refuse(UserExists(username=line.key))
        complete(line, PEOPLE)
        return
    line.id, line.key = found.user_id, found.username
    for name in (*PROFILE, "roles", "department", "superior", "is_active"):
        before = getattr(found, name)
        after = line.given.setdefault(name, before)
        same = str(before).lower() == str(after).lower() if name == "superior" else before == after
        if not same:
            line.changes[name] = [before, after]


def _resolve(known: Known, line: Line) -> None:
    """Codes in place of names."""
    if given := line.given.get("roles"):
        unknown = [text for text in given if text.lower() not in known.roles]
        if unknown:
            line.errors["roles"] = _now("没有这些角色：%(codes)s") % {"codes": "、".join(unknown)}
        line.given["roles"] = tuple(sorted({known.roles[t.lower()].code for t in given if t.lower() in known.roles}))
    if text := line.given.get("department"):
        if code := known.departments.get(text.lower()):
            line.given["department"] = code
        else:
            line.errors["department"] = _now("没有部门 %(code)s。") % {"code": text}


def _check(known: Known, line: Line) -> None:
    """What one row says, by itself."""
    if not line.is_good:
        return
    problems: dict[str, str | Promise] = {}
    if line.is_new or line.changes.keys() & set(PROFILE):
        problems = profile_problems(line.given["name"], line.given["email"], line.given["phone"])
    line.errors |= {name: str(text) for name, text in problems.items()}
    email = line.given["email"].lower() if line.is_new or "email" in line.changes else ""
    if email and known.emails.setdefault(email, line.key.lower()) != line.key.lower():
        line.errors["email"] = str(EmailInUse(email=line.given["email"]))
    line.refuse(_needed(known.actor, line))
    if line.is_new:
        line.refuse(known.refusal_of(line.given["roles"]))
    elif line.changes:
        _check_changes(known, line, known.people[line.key.lower()])


def _needed(actor: Actor, line: Line) -> AppError | None:
    """The permissions of the verbs that the row comes to; to change a person is the command's own."""
    wanted = {
        "accounts.create_user": line.is_new,
        "accounts.set_member_roles": "roles" in line.changes,
        "accounts.deactivate_member": "is_active" in line.changes and not line.given["is_active"],
        "accounts.reactivate_member": "is_active" in line.changes and line.given["is_active"],
    }
    lacking = next((code for code, asked in wanted.items() if asked and not actor.may(code)), None)
    return Forbidden(permission=label_of(lacking), code=lacking) if lacking else None


def _check_changes(known: Known, line: Line, found: Person) -> None:
    is_me = found.user_id == known.actor.user_id
    if line.changes.keys() & set(PROFILE) and not is_me:
        if found.user_id in known.elsewhere:
            line.refuse(BelongsElsewhere(username=found.username))
        line.refuse(known.refusal_of(found.roles))
    if "roles" in line.changes:
        line.refuse(known.refusal_of(sorted(set(found.roles) ^ set(line.given["roles"]))))
    if "is_active" in line.changes:
        if is_me and not line.given["is_active"]:
            line.refuse(NotYourself())
        line.refuse(known.refusal_of(found.roles))


def _refuse_places(known: Known, lines: Sequence[Line]) -> None:
    """Refuse superiors who do not work here, or would be below whom they are above, in what all rows come to."""
    while True:
        there = {name for name, person in known.people.items() if person.works}
        above = {name: person.superior.lower() for name, person in known.people.items()}
        for line in good(lines):
            name = line.key.lower()
            above[name] = line.given["superior"].lower()
            (there.add if line.given["is_active"] else there.discard)(name)
        asked = [line for line in good(lines) if line.given["superior"] and (line.is_new or "superior" in line.changes)]
        lost = [line for line in asked if line.given["superior"].lower() not in there - {line.key.lower()}]
        circles = rules.in_circles(above)
        crossed = [line for line in asked if line.key.lower() in circles and line not in lost]
        for line in lost:
            line.errors["superior"] = _now("上级须是本公司的另一位在用成员。")
        for line in crossed:
            line.errors["superior"] = _now("%(name)s 是此人的下属，不能作他的上级。") % {"name": line.given["superior"]}
        if not lost and not crossed:
            return


def _keep_an_administrator(known: Known, lines: Sequence[Line]) -> None:
    """Refuse the rows that would leave nobody who may do everything."""
    every = {code for code, role in known.by_code.items() if rules.EVERYTHING in role.permissions}

    def administers(roles: Sequence[str], works: bool) -> bool:
        return works and bool(every & set(roles))

    before = {name for name, person in known.people.items() if administers(person.roles, person.works)}
    after, taking = set(before), list[Line]()
    for line in good(lines):
        if administers(line.given["roles"], line.given["is_active"]):
            after.add(line.key.lower())
        elif line.key.lower() in before:
            after.discard(line.key.lower())
            taking.append(line)
    for line in taking if not after else ():
        line.refuse(LastAdministrator())


def _refusal(actor: Actor, role: Role) -> AppError | None:
    try:
        must_cover(actor, [role])
    except AppError as refused:
        return refused
    return None
