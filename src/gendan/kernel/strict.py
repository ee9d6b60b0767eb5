"""What programs may write: plain decimals, and no parameter that the address does not have.

Python reads «1_000», « 5», «+5», «1e3» and «１２» as numbers; a program that sends them means something else, or has a
mistake that should not become a quantity. Forms and files are read by people's rules (gendan.kernel.values).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from pydantic_core import PydanticCustomError, core_schema

from gendan.kernel.errors import Invalid

PLAIN = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
WHOLE = re.compile(r"-?[0-9]{1,18}")


def is_plain(text: str) -> bool:
    """Whether a text is a number as this API writes them: 12, -3, 0.250000."""
    return PLAIN.fullmatch(text) is not None


def plain(value: Any) -> Any:
    """A number of a body; text only as ``is_plain`` has it."""
    if isinstance(value, bool) or (isinstance(value, str) and not is_plain(value)):
        raise PydanticCustomError("decimal_parsing", "not a plain decimal")
    return value


def tighten(schema: Any) -> Any:
    """A pydantic schema in which decimals are plain, and whole numbers are numbers, not text."""
    if isinstance(schema, list | tuple):
        return type(schema)(tighten(part) for part in schema)
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "function-before" and schema["function"]["function"] is plain:
        return schema  # of a body inside this one
    if schema.get("type") == "decimal":
        return core_schema.no_info_before_validator_function(plain, schema)
    found = {name: part if name == "metadata" else tighten(part) for name, part in schema.items()}
    return {**found, "strict": True} if schema.get("type") == "int" else found


def refuse_unknown_parameters(api: NinjaAPI) -> None:
    """Let every address say which parameters it has, instead of ignoring a misspelt one and answering everything."""
    for router in every_router(api):
        for path_view in router.path_operations.values():
            for operation in path_view.operations:
                allowed, whole = set[str](), set[str]()
                for model in operation.signature.models:
                    if model.__ninja_param_source__ == "query":
                        allowed |= model.__ninja_flatten_map__.keys()
                        whole |= {name for name, kind in _kinds(model) if int in (kind, *get_args(kind))}
                operation.view_func = _asked(operation.view_func, allowed, whole)


def every_router(api: NinjaAPI) -> list[Router]:
    """The routers of an API, those within others, too: the library lists them only once it has been asked."""
    found = [router for _prefix, router in api._routers]
    for router in found:
        found.extend(inner for _prefix, inner, *_rest in router._routers if inner not in found)
    return found


def _kinds(model: Any) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        if hasattr(field.annotation, "model_fields"):
            yield from _kinds(field.annotation)
        else:
            yield field.alias or name, field.annotation


def _asked(view: Callable[..., Any], allowed: set[str], whole: set[str]) -> Callable[..., Any]:
    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.META.get("QUERY_STRING"):
            check(request, allowed, whole)
        return view(request, *args, **kwargs)

    return run


def check(request: HttpRequest, allowed: set[str], whole: set[str]) -> None:
    """Refuse parameters that are not among those of the address, and whole numbers that are oddly written."""
    problems = {}
    for name in request.GET:
        if name not in allowed:
            names = "、".join(sorted(allowed)) or "—"
            problems[name] = _("没有「%(name)s」这个参数，可以用的是：%(names)s。") % {
                "name": name[:60],
                "names": names,
            }
        elif name in whole and any(value and not WHOLE.fullmatch(value) for value in request.GET.getlist(name)):
            problems[name] = _("「%(field)s」应为整数。") % {"field": name}
    if problems:
        raise Invalid({**problems})
