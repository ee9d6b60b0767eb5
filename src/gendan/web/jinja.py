"""What templates get beside Django's own: formats, cells, the shell. Called by gendan.config.jinja."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.forms import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import json_script as _json_script
from jinja2 import Environment
from markupsafe import Markup

from gendan.kernel import duties, marks
from gendan.kernel.http import maybe_actor
from gendan.web import cells
from gendan.web import format as fmt
from gendan.web.shell import shell

CONTROL_CLASSES = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "file": "form-control",
}


def query(request: HttpRequest, **changes: Any) -> str:
    """This page's address with other parameters: ``query(request, state="open", after=None)``. None removes one."""
    kept = request.GET.copy()
    kept.pop("after", None)
    for name, value in changes.items():
        kept.pop(name, None)
        if value is not None and value != "":
            kept.setlist(name, [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)])
    text = urlencode([(k, v) for k, values in kept.lists() for v in values])
    return f"{request.path}?{text}" if text else request.path


def widget(bound: BoundField, **attributes: Any) -> Markup:
    """A Django form field's input in our classes, tied to its help and its errors for screen readers."""
    kind = getattr(bound.field.widget, "input_type", "text")
    classes = [CONTROL_CLASSES.get(kind, "form-control"), bound.field.widget.attrs.get("class", "")]
    described = []
    if bound.errors:
        classes.append("is-invalid")
        attributes["aria-invalid"] = "true"
        described.append(f"{bound.id_for_label}-error")
    if bound.help_text:
        described.append(f"{bound.id_for_label}-help")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    attributes["class"] = " ".join(c for c in classes if c)
    return Markup(bound.as_widget(attrs=attributes))


def icon(name: str, label: str = "", extra: str = "") -> Markup:
    """One symbol of the sprite; decorative unless it is given a label."""
    return _symbol(name, str(label), extra)


@lru_cache(maxsize=2000)
def _symbol(name: str, label: str, extra: str) -> Markup:
    """A page has a hundred of them."""
    said = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<svg class="gd-icon {}"{}><use href="{}#{}"></use></svg>').format(
        extra, said, static("web/icons.svg"), name
    )


def attrs(values: Mapping[str, Any] | None = None) -> Markup:
    """HTML attributes from a dictionary; None and False leave one out, True writes it bare."""
    parts = []
    for name, value in (values or {}).items():
        if value is None or value is False:
            continue
        parts.append(Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value))
    return Markup("").join(parts)


def as_json(value: Any) -> str:
    """JSON for a data attribute (escaped by the template)."""
    return json.dumps(value, ensure_ascii=False, default=str)


def data_script(value: Any, element_id: str) -> Markup:
    """A data block that a script reads; it is never executed."""
    return Markup(_json_script(value, element_id))


def new_key() -> str:
    """A fresh idempotency key for a form, so that a double click books once."""
    return uuid.uuid4().hex


def troubles(
    request: HttpRequest | None, rows: Sequence[Any], asked: Sequence[str], whole: bool = True
) -> list[marks.Mark | None]:
    """What is wrong with each row: ``asked`` is the kind and the attributes with the number and, of lines, the line."""
    actor = maybe_actor(request) if request is not None else None
    if actor is None or not rows:
        return []
    kind, number, *line = asked
    keys = [
        (str(cells.value_of(row, number) or ""), int(cells.value_of(row, line[0]) or 0) if line else None)
        for row in rows
    ]
    return marks.of_rows(actor, kind, keys, whole=whole)


def trouble_of(request: HttpRequest, kind: str, number: str) -> marks.Trouble:
    """What is wrong with the object of a page."""
    actor = maybe_actor(request)
    return marks.of_one(actor, kind, number) if actor is not None else marks.Trouble()


def install(environment: Environment) -> None:
    """Add filters and globals to the environment of all pages."""
    environment.filters.update({**fmt.FILTERS, **cells.FILTERS, "json": as_json})
    environment.globals.update(
        {
            **fmt.GLOBALS,
            **cells.GLOBALS,
            "shell": shell,
            "query": query,
            "widget": widget,
            "_icon": icon,
            "attrs": attrs,
            "data_script": data_script,
            "new_key": new_key,
            "troubles": troubles,
            "trouble_of": trouble_of,
            "duties_ahead": duties.ahead,
        }
    )
