"""One way of searching for all: Chinese, pinyin, initials, codes and fragments of codes through one GIN index.

A row keeps its search words in a ``tsvector`` column that is written as ``SEARCH_SQL`` from ``search_vector_text(…)``;
a list asks ``search @@ %s::tsquery`` with ``search_query(…)``. PostgreSQL's own parser is not used: it knows no Chinese
and takes ``M6-20`` apart into ``m6`` and minus twenty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin

SEARCH_SQL = "array_to_tsvector(string_to_array(%s::text, ' '))"

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"[{_CHINESE}]+|[^\s{_CHINESE}，。、；：！？（）【】《》“”‘’,;!?()\[\]{{}}<>|\"'\\]+")
_IS_CHINESE = re.compile(rf"[{_CHINESE}]")
_CHUNK = re.compile(r"[^\W_]+")
_LONGEST = 40  # characters of a word that count; a query is cut alike
_LONGEST_RUN = 60
_SORT_LENGTH = 400


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().replace("\x00", "")


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Runs of Chinese (True) and words in other scripts (False), in order."""
    for match in _RUNS.finditer(_normal(text)):
        run = match.group()
        if _IS_CHINESE.match(run):
            yield True, run[:_LONGEST_RUN]
        elif word := re.sub(r"^[\W_]+|[\W_]+$", "", run):
            yield False, word


@lru_cache(maxsize=20_000)
def _syllables(run: str) -> tuple[str, ...]:
    return tuple(syllable.lower() for syllable in lazy_pinyin(run))


def _chinese_words(run: str) -> Iterator[str]:
    """Bigrams, the last character, and from each syllable on the pinyin and the initials."""
    yield run[-1]
    for start in range(len(run) - 1):
        yield run[start : start + 2]
    syllables = _syllables(run)
    for start in range(len(syllables)):
        yield "".join(syllables[start : start + _LONGEST])[:_LONGEST]
        yield "".join(s[0] for s in syllables[start:])[:_LONGEST]


def _other_words(word: str) -> Iterator[str]:
    """The word, its parts, the word without punctuation; for codes (anything with a digit) every fragment, too."""
    parts = _CHUNK.findall(word)
    yield word[:_LONGEST]
    if len(parts) > 1:
        yield from (part[:_LONGEST] for part in parts)
        yield "".join(parts)[:_LONGEST]
    if any(character.isdigit() for character in word):
        for start in range(1, min(len(word) - 1, _LONGEST)):
            if word[start].isalnum():
                yield word[start : start + _LONGEST]


def search_vector_text(*parts: str | None) -> str:
    """The search words of a row, separated by blanks, for ``SEARCH_SQL``."""
    words: dict[str, None] = {}
    for part in parts:
        for chinese, run in _runs(part or ""):
            words.update(dict.fromkeys(_chinese_words(run) if chinese else _other_words(run)))
    return " ".join(words)


def search_query(text: str) -> str:
    """What a user typed as a ``tsquery``: every part must be found, each as the beginning of a search word.

    Empty when nothing can be searched for: the caller then does not filter.
    """
    wanted: dict[str, None] = {}
    for chinese, run in _runs(text):
        if not chinese or len(run) == 1:
            wanted[run[:_LONGEST]] = None
        else:
            wanted.update(dict.fromkeys(run[start : start + 2] for start in range(len(run) - 1)))
    return " & ".join(f"'{_quoted(word)}':*" for word in wanted)


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")


def sort_key(name: str) -> str:
    """What a name is sorted by: pinyin, lower case; other scripts as they are."""
    return " ".join(part.strip() for part in lazy_pinyin(_normal(name)) if part.strip())[:_SORT_LENGTH]
