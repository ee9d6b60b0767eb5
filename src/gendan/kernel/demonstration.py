"""What contexts add to the demonstration company, each from its own code; registered in AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gendan.kernel.actor import Actor

# Called with the company's people by name, after orders, sales and changes are there.
PARTS: list[Callable[[Mapping[str, Actor]], None]] = []
# Called at the very end with the people and the password of all sign-ins; further sign-ins as (role, user, password).
SIGN_INS: list[Callable[[Mapping[str, Actor], str], list[tuple[str, str, str]]]] = []
