"""Who acts, and what they may."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden


def actor(*permissions: str, limit: Decimal | None = Decimal(0)) -> Actor:
    return Actor(1, 2, "王芳", frozenset(permissions), limit)


def test_permissions_are_held_by_name_or_all_at_once():
    assert actor("purchasing.view").may("purchasing.view")
    assert not actor("purchasing.view").may("purchasing.create_order")
    assert not actor().may("purchasing.view")
    assert actor("*").may("whatever")


def test_must_names_the_missing_permission():
    actor("a.b").must("a.b")
    with pytest.raises(Forbidden) as refusal:
        actor().must("kernel.comment")
    assert refusal.value.data["permission"] == "评论与附件"


@pytest.mark.parametrize(
    ("limit", "amount", "allowed"),
    [
        (Decimal(0), "0.01", False),
        (Decimal(0), "0", True),
        (Decimal("5000"), "5000", True),
        (Decimal("5000"), "5000.01", False),
        (None, "999999999", True),
    ],
)
def test_the_limit_includes_its_own_amount(limit: Decimal | None, amount: str, allowed: bool):
    assert actor(limit=limit).may_approve(Decimal(amount)) is allowed


def test_an_actor_does_not_change():
    with pytest.raises(FrozenInstanceError):
        actor().permissions = frozenset({"*"})  # type: ignore[misc]


def test_a_key_is_carried_by_a_copy():
    plain = actor()
    assert plain.with_key("k").idempotency_key == "k"
    assert plain.with_key("").idempotency_key is None
    assert plain.idempotency_key is None
