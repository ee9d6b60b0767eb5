"""A document and a few commands to try the kernel on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import connections

from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS, Document
from gendan.kernel.events import Subject


def make_document(actor: Actor, number: str = "PR-000001", state: str = "draft") -> Document:
    """A requisition: the smallest document that there is."""
    warehouse, _made = apps.get_model("catalog", "Warehouse")._default_manager.get_or_create(
        company_id=actor.company_id, code="W1", defaults={"name": "一号仓"}
    )
    model: Any = KINDS["requisition"]
    return model.objects.create(  # type: ignore[no-any-return]
        company_id=actor.company_id, number=number, state=state, warehouse=warehouse, created_by_id=actor.user_id
    )


def subject_of(actor: Actor, number: str = "T-1", id_: int = 1) -> Subject:
    """Something that an event can be about."""
    return Subject("thing", id_, number)


def at_once(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start together; each call's result, or the exception that it raised."""
    calls = list(calls)
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls), timeout=60)

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
