#!/usr/bin/env python
"""The product's texts: written in simplified Chinese in the code, translated into English by people, into traditional
Chinese by OpenCC with the corrections in scripts/zh_hant.txt.

    python scripts/messages.py                 every context: extract, fill, list what is missing
    python scripts/messages.py purchasing      one context
    python scripts/messages.py --fill FILE     take English from lines «Chinese<TAB>English», then as above
    python scripts/messages.py --check         change nothing; exit code 1 if anything is not up to date or missing
    python scripts/messages.py --compile       write the .mo files that changed
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Protocol

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

from gendan.config.messages import SOURCE, compile_changed

CORRECTIONS = Path(__file__).with_name("zh_hant.txt")
LANGUAGES = ("en", "zh_Hant")
METHODS = [("tests/**", "ignore"), ("migrations/**", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2")]
METHODS += [("templates/**.txt", "jinja2")]
OPTIONS = {"templates/**": {"trimmed": "true", "newstyle_gettext": "true", "encoding": "utf-8", "silent": "false"}}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_now": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?[a-z]+")
VOLATILE = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To):.*\n',
    re.M,
)


def contexts() -> list[str]:
    """The contexts that have texts of their own."""
    return sorted(path.parent.name for path in SOURCE.glob("*/apps.py"))


def extract(context: str) -> Catalog:
    """What the code of one context says, without translations."""
    folder = SOURCE / context
    found = Catalog(charset="utf-8")
    options = {pattern: OPTIONS["templates/**"] for pattern, method in METHODS if method == "jinja2"}
    for name, _, message, comments, gettext_context in extract_from_dir(folder, METHODS, options, KEYWORDS):
        found.add(message, None, [(f"{context}/{name}", 0)], auto_comments=comments, context=gettext_context)
    return found


def read(context: str, language: str) -> Catalog:
    """The committed catalog, or an empty one."""
    path = _path(context, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def merged(context: str, language: str, found: Catalog, glossary: dict[str, str]) -> Catalog:
    """The catalog as it should be: every text that the code has and no other."""
    old = read(context, language)
    new = Catalog(locale=language, project="gendan", version="1", charset="utf-8", header_comment="", fuzzy=False)
    for message in sorted(_texts(found), key=lambda one: (one.context or "", _ids(one))):
        new.add(message.id, _translation(message, old, language, glossary), _files(message), context=message.context)
    return new


def _translation(message: Message, old: Catalog, language: str, glossary: dict[str, str]) -> str | tuple[str, ...]:
    if language == "zh_Hant":
        converted = traditional(_ids(message)[-1])
        return (converted,) if message.pluralizable else converted
    if (kept := old.get(message.id, message.context)) is not None and _is_complete(kept):
        strings = _strings(kept)
        return strings if message.pluralizable else strings[0]
    if message.pluralizable:
        return ("", "")
    return glossary.get(str(message.id), "") if message.context is None else ""


def render(catalog: Catalog) -> bytes:
    """The file's content: no dates, no line numbers, so that it changes only when texts do."""
    out = BytesIO()
    write_po(out, catalog, width=120, include_lineno=False, sort_output=False)
    return VOLATILE.sub(b"", out.getvalue()).strip() + b"\n"


def update(names: Iterable[str], given: dict[str, str]) -> Iterator[str]:
    """Write the catalogs; yield what people still have to do."""
    glossary = known_english() | given
    for context in names:
        found = extract(context)
        if not list(_texts(found)):
            continue
        for language in LANGUAGES:
            catalog = merged(context, language, found, glossary)
            for message in _texts(catalog):
                if language == "en" and message.context is None and str(message.id) in given:
                    message.string = given[str(message.id)]
            path = _path(context, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = render(catalog)
            if not path.exists() or path.read_bytes() != text:
                path.write_bytes(text)
            yield from faults(context, language, catalog)


def problems(names: Iterable[str]) -> Iterator[str]:
    """What is not up to date, missing or wrong, without changing anything."""
    english: dict[tuple[str, str], tuple[str, str]] = {}
    for context in names:
        found = extract(context)
        if not list(_texts(found)):
            continue
        for language in LANGUAGES:
            path = _path(context, language)
            catalog = merged(context, language, found, {})
            if not path.exists() or path.read_bytes() != render(catalog):
                yield f"{path.relative_to(SOURCE)}: not up to date, run python scripts/messages.py {context}"
            yield from faults(context, language, catalog)
            if language == "en":
                yield from _contradictions(context, catalog, english)


def _contradictions(context: str, catalog: Catalog, english: dict[tuple[str, str], tuple[str, str]]) -> Iterator[str]:
    """All contexts share one name space at run time: the same Chinese must be the same English."""
    for message in _texts(catalog):
        key = (message.context or "", _ids(message)[0])
        other, said = english.setdefault(key, (context, _strings(message)[0]))
        if _strings(message)[0] not in {"", said} and said:
            yield f"{context}/en: {key[1]!r} is {_strings(message)[0]!r}, but {said!r} in {other}"


def faults(context: str, language: str, catalog: Catalog) -> Iterator[str]:
    """Texts without translation, Chinese in English, lost placeholders."""
    for message in _texts(catalog):
        where = f"{context}/{language}: {_ids(message)[0]!r}"
        if not _is_complete(message):
            yield f"{where} has no translation"
            continue
        for text in _strings(message):
            if language == "en" and CHINESE.search(text):
                yield f"{where} still has Chinese in it: {text!r}"
            if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(_ids(message)[-1])):
                yield f"{where} has other placeholders: {text!r}"


def traditional(text: str) -> str:
    """Taiwan's traditional Chinese; terms in the corrections file come from there."""
    terms = corrections()
    if text in terms:
        return terms[text]
    if not terms:
        return _converter().convert(text)
    parts = re.split("(" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + ")", text)
    return "".join(terms.get(part) or _converter().convert(part) for part in parts)


@cache
def corrections() -> dict[str, str]:
    """Lines «simplified=traditional» where OpenCC chooses the wrong word."""
    lines = CORRECTIONS.read_text(encoding="utf-8").splitlines() if CORRECTIONS.exists() else []
    pairs = (line.split("=", 1) for line in lines if line.strip() and not line.startswith("#"))
    return {simplified.strip(): traditional_.strip() for simplified, traditional_ in pairs}


@cache
def _converter() -> "Converter":
    converter: Converter = OpenCC("s2twp")
    return converter


class Converter(Protocol):
    """What is used of OpenCC, which has no type information."""

    def convert(self, text: str) -> str:
        """The text in traditional Chinese."""


def known_english() -> dict[str, str]:
    """English that any context has already: the same term is not translated twice."""
    known: dict[str, str] = {}
    for context in contexts():
        for message in _texts(read(context, "en")):
            if not message.pluralizable and message.context is None and message.string:
                known.setdefault(str(message.id), str(message.string))
    return known


def _texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else (str(message.id),)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (str(message.string),)


def _is_complete(message: Message) -> bool:
    return all(_strings(message))


def _files(message: Message) -> list[tuple[str, int]]:
    return sorted({(name, 0) for name, _ in message.locations})


def _path(context: str, language: str) -> Path:
    return SOURCE / context / "locale" / language / "LC_MESSAGES" / "django.po"


def _given(path: Path) -> dict[str, str]:
    lines = (line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return {chinese.replace("\\n", "\n"): english.strip().replace("\\n", "\n") for chinese, english in lines}


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("context", nargs="*", help="contexts (default: all)")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--fill", type=Path, metavar="FILE")
    options = parser.parse_args()
    names = options.context or contexts()
    if unknown := set(names) - set(contexts()):
        parser.error(f"no such context: {', '.join(sorted(unknown))}")
    if options.compile:
        print(f"{compile_changed()} catalogs compiled")
        return 0
    work = problems(names) if options.check else update(names, _given(options.fill) if options.fill else {})
    found = list(work)
    for line in found:
        print(line)
    print(f"{len(found)} to do" if found else "complete")
    return 1 if found and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
