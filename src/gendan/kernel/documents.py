"""What every document has: company, number, derived state, version; transitions as a table, refused aloud."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import Promise

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound, Stale, WrongState
from gendan.kernel.events import Subject

KINDS: dict[str, type[Document]] = {}


class Document(models.Model):
    """Base of every numbered document.

    ``TRANSITIONS`` maps a state to the states that may follow. ``version`` grows with every change and is what a form
    or an API caller hands back, so that a stale one is refused.
    """

    KIND: ClassVar[str]
    PREFIX: ClassVar[str]
    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]]
    State: ClassVar[type[models.TextChoices]]

    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    number = models.CharField(max_length=32)
    state = models.CharField(max_length=24)
    version = models.IntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["company", "number"], name="%(class)s_number_once_per_company"),
        )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if kind := cls.__dict__.get("KIND"):
            KINDS[kind] = cls

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> Subject:
        return Subject(self.KIND, self.pk, self.number)

    @classmethod
    def lock(cls, actor: Actor, number: str, version: int | None = None) -> Self:
        """The document, locked for this transaction: NotFound outside the company, Stale in another version."""
        rows = cls._default_manager.select_for_update(no_key=True)
        found = rows.filter(company_id=actor.company_id, number=number).first()
        if found is None:
            raise NotFound(what=number)
        check_version(found.number, found.version, version)
        return found

    def must_be(self, states: set[str] | frozenset[str], action: str | Promise) -> None:
        """Refuse with WrongState, naming document, state and action, unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(type(self), self.state), action=str(action))

    def move_to(self, state: str, action: str | Promise, **fields: Any) -> None:
        """Take a declared transition (or stay), raise the version, and save it with ``fields``."""
        if state != self.state and state not in self.TRANSITIONS.get(self.state, frozenset()):
            raise WrongState(number=self.number, state=state_label(type(self), self.state), action=str(action))
        self.state = state
        self.touch(**fields)

    def touch(self, **fields: Any) -> None:
        """Save ``fields`` and the state with the next version."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.version += 1
        names = ["state", "version", "updated_at", *fields]
        self.updated_at = Now()
        self.save(update_fields=names)


def check_version(number: str, current: int, seen: int | None) -> None:
    """Refuse with Stale when the caller saw another version."""
    if seen is not None and seen != current:
        raise Stale(number=number, current=current, seen=seen)


def state_label(model: type[Document], state: str) -> str:
    """The translated name of a state."""
    return str(dict(model.State.choices).get(state, state))


def state_where(
    alias: str, state: str, states: Iterable[str], params: dict[str, Any], open_states: Container[str] = ()
) -> list[str]:
    """The conditions of a list for a state: "" or ``open`` is what is not finished (``is_open``), ``all`` everything;
    one of ``open_states`` is looked for in the index of what is open. Errors: Invalid.
    """
    if state in {"", "open"}:
        return [f"{alias}.is_open"]
    if state == "all":
        return []
    known = sorted(states)
    if state not in known:
        raise Invalid({"state": "state: open | all | " + " | ".join(known)})
    params["state"] = state
    return [f"{alias}.state = %(state)s::text", *([f"{alias}.is_open"] if state in open_states else [])]


def any_document(actor: Actor) -> bool:
    """Whether the company has a document of any kind; one statement."""
    tables = sorted({kind._meta.db_table for kind in KINDS.values() if not kind._meta.abstract})
    looks = (f"EXISTS (SELECT 1 FROM {table} WHERE company_id = %(company)s)" for table in tables)
    found = db.row(f"SELECT {' OR '.join(looks) or 'false'}", {"company": actor.company_id})
    return bool(found and found[0])
