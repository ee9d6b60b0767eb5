"""What is written into the event log has a name that people understand, in every timeline."""

from __future__ import annotations

import re

from gendan.config import env
from gendan.kernel.timeline import EVENT_LABELS
from gendan.kernel.unit import COMMANDS, VIEWS

SOURCE = env.CHECKOUT / "src" / "gendan"
# Written by record(), record_many() and Entry(); a type put together at run time is declared where it is made.
WRITTEN = re.compile(r"""(?:record(?:_many)?|Entry|_record)\(\s*"([a-z]+\.[a-z_]+)\"""")


def test_every_event_has_a_label():
    written = {
        name
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts
        for name in WRITTEN.findall(path.read_text(encoding="utf-8"))
    }
    assert len(written) > 30
    missing = sorted(written - set(EVENT_LABELS))
    assert not missing, f"say in the context's labels how these events are called (timeline.label_events): {missing}"


def test_labels_are_for_people():
    labels = {str(label) for label in EVENT_LABELS.values()}
    labels |= {str(c.label) for code, c in COMMANDS.items() if not code.startswith("test.")} | {
        str(label) for label in VIEWS.values()
    }
    assert not [label for label in labels if not label or label.isascii()]
