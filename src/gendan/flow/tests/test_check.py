"""What the check of a drawn flow finds, and what it leaves alone; how two versions are compared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gendan.flow.rules.check import Known, check
from gendan.flow.rules.compare import compare
from gendan.flow.rules.definition import Definition
from gendan.flow.rules.simple import Atom, alternatives, atoms, contradict, implies

KNOWN = Known(people=frozenset({"wang"}), roles={"director": 2, "empty": 0})
BOSS = {"by": "role", "value": "director"}


def approve(key: str, *assignees: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "approve", "name": key, "assignees": list(assignees), **more}


def split(*ways: tuple[str, str], **inside: list[dict[str, Any]]) -> dict[str, Any]:
    arms = [{"key": key, "name": key, "when": when, "nodes": inside.get(key, [])} for key, when in ways]
    return {"key": "split", "type": "branch", "branches": arms}


def found(*nodes: dict[str, Any], known: Known = KNOWN, facts: tuple[str, ...] = ()) -> set[tuple[str, str, str]]:
    return {(one.key, one.level, one.code) for one in check({"nodes": list(nodes)}, known, facts)}


def test_a_sound_flow_has_no_findings() -> None:
    nodes = split(("much", "amount > 50000.0"), ("rest", ""), much=[approve("boss", BOSS, {"by": "superior"})])
    assert found(approve("first", {"by": "person", "value": "wang"}), nodes, facts=("amount", "partner")) == set()


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (approve("a"), ("a", "error", "nobody")),
        (approve("a", {"by": "role", "value": "empty"}), ("a", "error", "role_empty")),
        (approve("a", {"by": "role", "value": "empty"}, fallback=[BOSS]), ("a", "warning", "role_empty")),
        (approve("a", {"by": "role", "value": "empty"}, BOSS), ("a", "warning", "role_empty")),
        (approve("a", {"by": "role", "value": "gone"}), ("a", "error", "role_unknown")),
        (approve("a", {"by": "person", "value": "li"}), ("a", "error", "person_gone")),
        (approve("a", {"by": "person", "value": ""}), ("a", "error", "assignee_empty")),
        (approve("a", BOSS, mode="some", need=3), ("a", "error", "need_too_many")),
        (approve("a", {"by": "expression", "value": "amount >"}), ("a", "error", "expression")),
        ({"key": "a", "type": "wait"}, ("a", "error", "wait_how_long")),
        ({"key": "a", "type": "inform", "assignees": [BOSS]}, ("", "warning", "nobody_decides")),
    ],
)
def test_who_is_missing_is_found_at_its_card(node: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert expected in found(node)


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("erp.example.com", False), ("93.184.216.34:8443", False), ("localhost:8000", True), ("10.0.0.7", True),
        ("[::1]", True), ("127.1", True), ("2130706433", True), ("169.254.169.254", True), ("erp.local", True),
    ],
)  # fmt: skip
def test_an_address_inside_the_network_is_doubted(host: str, inside: bool) -> None:
    node = {"key": "a", "type": "webhook", "url": f"http://{host}/hook"}
    assert (("a", "warning", "url_inside") in found(node)) is inside


def test_what_depends_on_the_company_is_a_warning() -> None:
    poor = Known(roles={"director": 1}, without_superior=3, without_head=2, calendar=False)
    nodes = approve("a", {"by": "superior"}, {"by": "head"}, deadline={"hours": 16})
    assert found(nodes, known=poor) == {
        ("a", "warning", "no_superior"),
        ("a", "warning", "no_head"),
        ("a", "warning", "no_calendar"),
    }


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("amount > 1000.0", "amount > 50000.0", "shadowed"),
        ("amount >= 1000", "amount == 1000.0", "shadowed"),
        ('partner != "S1"', 'partner == "S2"', "shadowed"),
        ('partner in ["S1", "S2"]', 'partner == "S2" && amount > 5', "shadowed"),
        ("true", "amount > 5.0", "shadowed"),
        ("amount > 50000.0", "amount > 1000.0", None),
        ("amount > 5", "amount > 9 && amount < 7", "never_holds"),
        ("amount > 5", "1 == 2", "never_holds"),
        ("lines.exists(l, l.custom == true)", "lines.exists(l, l.custom == true)", "shadowed"),
        ('lines.exists(l, l.a == "x")', 'lines.exists(l, l.a == "y")', None),
        ("amount > 5 || urgent", "amount > 9", None),
    ],
)
def test_a_way_that_is_never_taken_is_found(first: str, second: str, expected: str | None) -> None:
    codes = {(key, code) for key, _level, code in found(split(("a", first), ("b", second), ("c", "")))}
    assert [code for key, code in codes if key == "b"] == ([expected] if expected else [])


def test_the_conditions_around_and_the_whole_count_too() -> None:
    inner = {
        "key": "inner",
        "type": "branch",
        "branches": [{"key": "small", "when": "amount < 100.0", "nodes": []}, {"key": "other", "nodes": []}],
    }
    nodes = split(("much", "amount > 50000.0"), ("rest", ""), much=[inner])
    assert ("small", "error", "never_holds") in found(nodes)
    full = split(("a", "amount > 5.0"), ("b", "amount <= 5"), ("c", ""))
    assert ("c", "warning", "otherwise_never") in found(full)


def test_wrong_expressions_and_unknown_facts_name_their_place() -> None:
    nodes = split(("a", "amnt > 5"), ("b", "amount >"), ("c", ""))
    findings = check({"nodes": [nodes]}, KNOWN, ("amount",))
    data = {one.key: (one.code, dict(one.data)) for one in findings}
    assert data["a"] == ("unknown_fact", {"fact": "amnt"})
    assert data["b"][0] == "expression"
    assert "1:9" in data["b"][1]["reason"]


def test_conditions_of_the_form_are_read() -> None:
    assert atoms('amount >= 5.0 && partner == "a && b"') == [
        Atom("amount", ">=", (Decimal(5),)),
        Atom("partner", "==", ("a && b",)),
    ]
    assert atoms('!lines.exists(l, l.kind in ["x", "y"]) && !urgent') == [
        Atom("lines.kind", "in", ("x", "y"), of_lines=True, none=True),
        Atom("urgent", "==", (False,)),
    ]
    assert atoms("amount > 5 || urgent") is None
    either = alternatives('lines.exists(l, l.kind.contains("a") || l.name == "b") || amount > 5') or []
    assert [[(one.field, one.op) for one in every] for every in either] == [
        [("lines.kind", "contains")],
        [("lines.name", "==")],
        [("amount", ">")],
    ]
    assert alternatives("size(lines) > 3") is None
    assert atoms('!("x" in tags)') == [Atom("tags", "hasnot", ("x",))]
    numbers = atoms("amount > 5 && amount <= 9") or []
    assert implies(numbers, atoms("amount != 3") or [])
    assert contradict([*numbers, *(atoms("amount == 10") or [])])


def test_versions_are_compared_card_by_card() -> None:
    old = {"nodes": [approve("a", BOSS), approve("b", BOSS), approve("c", BOSS), split(("x", "amount > 5"), ("y", ""))]}
    new = {
        "nodes": [
            approve("c", BOSS),
            approve("a", BOSS, mode="all"),
            split(("x", "amount > 9"), ("y", ""), x=[approve("b", BOSS)]),
            {"key": "n", "type": "inform", "assignees": [BOSS]},
        ],
        "own": "skip",
    }
    changes = compare(Definition.model_validate(old), Definition.model_validate(new))
    said = [(one.key, one.what, [name for name, _was, _now in one.fields]) for one in changes]
    assert sorted(said) == [
        ("", "changed", ["own"]),
        ("a", "changed", ["mode"]),
        ("b", "moved", []),
        ("c", "moved", []),
        ("n", "added", []),
        ("x", "changed", ["when"]),
    ]
    assert compare(Definition.model_validate(old), Definition.model_validate(old)) == []
    assert [one.what for one in compare(Definition.model_validate(new), Definition())][-1] == "removed"
