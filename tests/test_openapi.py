"""The committed description of the API is the one that is served."""

import json

from gendan.config import env, openapi

COMMITTED = env.CHECKOUT / "docs" / "openapi.json"


def test_the_committed_file_is_up_to_date():
    assert COMMITTED.read_text(encoding="utf-8") == openapi.text(), "run make openapi"


def test_it_is_openapi_3_1():
    assert json.loads(COMMITTED.read_text(encoding="utf-8"))["openapi"].startswith("3.1")
