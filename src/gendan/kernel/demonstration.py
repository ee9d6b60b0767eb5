"""What contexts add to the demonstration company, each from its own code; registered in AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gendan.kernel.actor import Actor

# Called with the company's people by name, after orders, sales and changes are there.
PARTS: list[Callable[[Mapping[str, Actor]], None]] = []
