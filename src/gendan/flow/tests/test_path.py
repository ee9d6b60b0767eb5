"""The way through any tree of nodes ends, goes only forward, and is the same from wherever one looks."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gendan.flow.rules.assignees import Directory, Person
from gendan.flow.rules.conditions import BrokenExpression, compiled, holds, names
from gendan.flow.rules.definition import Branch, Definition, all_nodes, problems
from gendan.flow.rules.judged import rerouted
from gendan.flow.rules.path import Stop, earlier, following, route
from gendan.flow.rules.plan import plan
from gendan.flow.rules.votes import Vote, outcome, turns

CONDITIONS = st.sampled_from(["amount > 10.0", "amount <= 10.0", "true", "false", "nothing > 1", "amount", "1 / 0 > 1"])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> list[dict[str, Any]]:
    """Nodes of any kind, branches inside branches; keys come later."""
    kinds = ["approve", "stage", "inform", "wait", "set"] + ["branch"] * (2 if depth else 0)
    nodes: list[dict[str, Any]] = []
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=4)):
        node: dict[str, Any] = {"type": kind}
        if kind in {"approve", "stage", "inform"}:
            node["assignees"] = [{"by": "submitter"}]
        if kind == "wait":
            node["hours"] = 1
        if kind == "branch":
            arms: list[dict[str, Any]] = [
                {"when": when, "nodes": draw(trees(depth - 1))} for when in draw(st.lists(CONDITIONS, max_size=3))
            ]
            node["branches"] = arms + ([{"nodes": draw(trees(depth - 1))}] if draw(st.booleans()) else [])
        nodes.append(node)
    return nodes


def keyed(nodes: list[dict[str, Any]], count: itertools.count[int] | None = None) -> list[dict[str, Any]]:
    count = count or itertools.count()
    found = []
    for node in nodes:
        made = {**node, "key": f"n{next(count)}"}
        if "branches" in made:
            made["branches"] = [
                {**arm, "key": f"n{next(count)}", "nodes": keyed(arm["nodes"], count)} for arm in made["branches"]
            ]
        found.append(made)
    return found


PEOPLE = Directory({1: Person(1, "boss", "王总", administrates=True), 2: Person(2, "li", "李", superior=1)})


@settings(max_examples=150, deadline=None)
@given(trees(), st.sampled_from([0.0, 10.0, 11.0]))
def test_any_tree_ends(tree: list[dict[str, Any]], amount: float) -> None:
    definition = Definition.model_validate({"nodes": keyed(tree)})
    facts = {"amount": amount}
    order = {node.key: n for n, node in enumerate(all_nodes(definition.nodes))}
    whole = list(route(definition, "", facts))
    assert [order[stop.key] for stop in whole] == sorted({order[stop.key] for stop in whole}), "only forward, once each"
    stepped, at = [], ""
    while (stop := following(definition, at, facts)) is not None:
        stepped.append(stop)
        at = stop.key
    assert stepped == whole
    assert all(stop.problem for stop in whole if isinstance(stop.node, Branch)), "a branch stops only without an answer"
    stops, after = 0, ""
    while True:
        made = plan(definition, after, facts, PEOPLE, 2)
        if made.stop is None:
            break
        assert any(task.state == "waiting" and task.kind != "inform" for task in made.tasks), "somebody is asked"
        stops, after = stops + 1, made.key
    assert stops <= len(order)


def test_back_only_to_where_it_was() -> None:
    tree = [{"type": "approve", "assignees": [{"by": "submitter"}]}] * 3
    definition = Definition.model_validate({"nodes": keyed(tree)})
    assert [node.key for node in earlier(definition, "n2", ["n0", "n2"])] == ["n0"]
    with pytest.raises(KeyError):
        following(definition, "gone", {})
    assert following(definition, "n2", {}) is None
    assert isinstance(following(definition, "", {}), Stop)


@pytest.mark.parametrize(
    "source",
    ["a +", "(" * 3000, "x" * 1001, "a.all(b, b.all(c, c.all(d, d > 1)))", "nothing > 1", "amount", "lines[3].x"],
)
def test_what_has_no_answer_is_never_true(source: str) -> None:
    with pytest.raises(BrokenExpression):
        holds(source, {"amount": 1.0, "lines": []})


def test_facts_are_named_without_what_a_list_binds() -> None:
    assert names("lines.exists(l, l.amount > limit) && partner == 'l, x'") == {"lines", "limit", "partner"}
    assert compiled("amount > 1.0") is compiled("amount > 1.0")


def test_every_problem_names_its_node() -> None:
    raw = {
        "nodes": [
            {"key": "a", "type": "approve"},
            {"key": "a", "type": "wait"},
            {"key": "b", "type": "branch", "branches": [{"key": "c", "when": "total > 1", "nodes": []}]},
            {"key": "d", "type": "set", "field": "secret"},
            {"key": "e", "type": "webhook", "url": "ftp://x"},
            {"key": "f", "type": "approve", "assignees": [{"by": "superior", "value": "x"}]},
        ]
    }
    found = {(one.key, one.code) for one in problems(raw, ["amount", "partner"], ["note"])}
    expected = {
        ("a", "nobody"),
        ("a", "key_twice"),
        ("a", "wait_how_long"),
        ("b", "one_way"),
        ("c", "otherwise_missing"),
    }
    assert expected | {("d", "unknown_field"), ("e", "no_url"), ("f", "levels")} <= found
    assert [(one.key, one.code) for one in problems({"nodes": [{"key": "x", "type": "approve", "mode": "?"}]})] == [
        ("x", "unreadable")
    ]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["one", "all", "some", "sequence"]),
    st.integers(1, 3),
    st.lists(st.sampled_from(["approved", "rejected"]), min_size=1, max_size=4),
)
def test_votes_always_come_to_an_end(mode: str, need: int, says: list[str]) -> None:
    """Whoever answers in turn, the node is decided at the latest when all have."""
    votes = [
        Vote(n, "later" if mode == "sequence" and n else "waiting", n + 1 if mode == "sequence" else 1)
        for n in range(len(says))
    ]
    for says_now in says:
        if outcome(mode, need, votes):
            break
        turn = next(vote for vote in votes if vote.state == "waiting")
        votes = [Vote(v.id, says_now if v is turn else v.state, v.place) for v in votes]
        changed = turns(mode, votes)
        votes = [Vote(v.id, changed.get(v.id, v.state), v.place) for v in votes]
    assert outcome(mode, need, votes) in {"approved", "rejected"}


def test_an_edit_that_others_would_have_been_asked_about_parts_the_ways() -> None:
    inner = {"key": "deep", "type": "branch", "name": "客户", "branches": [
        {"key": "new", "when": "partner == 'NEW'", "nodes": []}, {"key": "known", "nodes": []}]}  # fmt: skip
    outer = {"key": "made", "type": "branch", "name": "定制产品", "branches": [
        {"key": "custom", "when": "lines.exists(l, l.name.contains('定制'))", "nodes": []},
        {"key": "rest", "nodes": [inner]}]}  # fmt: skip
    definition = Definition.model_validate({"nodes": [outer]})
    plain = {"lines": [{"name": "螺栓", "quantity": 1.0}], "partner": "OLD", "split_with": [{"number": "SO-1"}]}

    def edited(**facts: Any) -> list[str]:
        return rerouted(definition, plain, {"lines": plain["lines"], "partner": "OLD", **facts})

    assert edited(lines=[{"name": "螺母", "quantity": 9.0}]) == []
    assert edited(lines=[{"name": "定制螺栓", "quantity": 1.0}], partner="NEW") == ["定制产品"]
    assert edited(partner="NEW") == ["客户"]


def test_no_expression_takes_long() -> None:
    slow = {"text": "a" * 100_000, "bad": "(?=a)"}
    assert holds('text.matches("^(a|aa)+$")', slow)
    assert not holds('text.matches("b\\\\w{50}") || text == "matches(" || text . matches ( "^b" )', slow)
    assert names("text.matches(bad)") == {"text", "bad"}
    for broken in ("text.matches(bad)", 'text.matches("(\\\\w{1000}){9}")', "text.matches(1)"):
        with pytest.raises(BrokenExpression):
            holds(broken, slow)
    rows = {"lines": [{"n": float(n)} for n in range(201)]}
    inside = "lines.exists(a, lines.exists(b, a.n + b.n > 1000.0))"
    with pytest.raises(BrokenExpression, match="200 rows"):
        holds(inside, rows)
    assert not holds(inside, {"lines": rows["lines"][:20]})
    for growing in (
        "lines.map(a, lines).map(b, b + b).size() > 3",
        " || ".join(["lines.exists(a, a.n > 500.0)"] * 9),
    ):
        with pytest.raises(BrokenExpression):
            compiled(growing)
