"""The Jinja environment of every page."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment


def environment(**options: Any) -> Environment:
    """Build the environment: translations, static(), url(), and what the shell (gendan.web.jinja) adds."""
    options.setdefault("extensions", []).append("jinja2.ext.i18n")
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    result = Environment(**options)
    result.policies["ext.i18n.trimmed"] = True
    result.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    result.globals.update(static=static, url=_url, get_language=translation.get_language)
    if find_spec("gendan.web.jinja"):
        import_module("gendan.web.jinja").install(result)
    return result


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)
