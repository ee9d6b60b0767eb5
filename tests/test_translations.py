"""Every text of the product exists in all three languages."""

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("messages", Path(__file__).parents[1] / "scripts" / "messages.py")
messages = importlib.util.module_from_spec(_spec)
sys.modules["messages"] = messages
_spec.loader.exec_module(messages)


@pytest.mark.parametrize("context", messages.contexts())
def test_catalogs_are_complete_and_up_to_date(context):
    assert list(messages.problems([context])) == []


def test_the_same_chinese_is_the_same_english_everywhere():
    assert [line for line in messages.problems(messages.contexts()) if ", but " in line] == []


def test_traditional_chinese_keeps_placeholders_and_uses_the_corrections():
    assert messages.traditional("供应商 %(name)s 的采购订单，<b>发货</b>") == "供應商 %(name)s 的採購訂單，<b>出貨</b>"
