"""The committed description of the API is the one that is served."""

import json
from collections import defaultdict

from gendan.config import env, openapi
from gendan.kernel.api import Body, Out

COMMITTED = env.CHECKOUT / "docs" / "openapi.json"


def test_the_committed_file_is_up_to_date():
    assert COMMITTED.read_text(encoding="utf-8") == openapi.text(), "run make openapi"


def test_it_is_openapi_3_1():
    assert json.loads(COMMITTED.read_text(encoding="utf-8"))["openapi"].startswith("3.1")


def test_every_body_and_answer_has_a_name_of_its_own():
    """Two classes of one name would be one schema in the description: the shape of one shown for the other."""
    openapi.text()  # imports every router
    modules = defaultdict(set)
    for schema in (*_below(Out), *_below(Body)):
        modules[schema.__name__].add(schema.__module__)
    assert {name: sorted(where) for name, where in modules.items() if len(where) > 1} == {}


def _below(base):
    for schema in base.__subclasses__():
        yield schema
        yield from _below(schema)
