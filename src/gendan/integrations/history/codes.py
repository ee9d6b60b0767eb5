"""Codes for suppliers, products and warehouses of a history that has none.

A code depends on nothing but the name (and, for a product, on what else identifies it): not on the order of
the rows, not on what else is in the file. So reading again, or a longer file next year, gives the same codes.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from pypinyin import Style, lazy_pinyin

from gendan.integrations.history.mapping import CodeSpec

_BRACKETS = re.compile(r"[(（][^()（）]*[)）]?")
_HAN = re.compile(r"[㐀-鿿豈-﫿]+")


def name_code(name: str, spec: CodeSpec) -> str:
    """The code of a supplier or warehouse: the words of its name that distinguish it.

    Legal forms and remarks in brackets are left out. Where a remark or words had to be cut, four characters
    of a hash of the whole name follow, so that two long names with the same beginning stay apart.
    """
    if known := spec.known.get(name):
        return spec.prefix + known
    words = [word for word in _words(_BRACKETS.sub(" ", name)) if word not in spec.drop]
    kept = _fit(words, spec.length)
    if not kept:
        return spec.prefix + _hash(name, 8)
    whole = kept == words and not _BRACKETS.search(name)
    return spec.prefix + "-".join(kept if whole else [*kept, _hash(name, 4)])


def item_code(name: str, identity: Sequence[str], spec: CodeSpec) -> str:
    """The code of a product: the beginning of its description, and a hash of everything that identifies it."""
    if known := spec.known.get(name):
        return spec.prefix + known
    return spec.prefix + "-".join([*_fit(_words(name), spec.length), _hash("\x1f".join(identity), 4)])


def _words(text: str) -> list[str]:
    """Upper-case ASCII words: accents dropped, Chinese by the initials of its pinyin, «B.V.» as BV."""
    text = _HAN.sub(lambda han: " " + "".join(lazy_pinyin(han[0], style=Style.FIRST_LETTER)) + " ", text)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    plain = re.sub(r"\b([A-Z])\.(?=[A-Z]\b)", r"\1", plain).replace("'", "")
    return re.findall(r"[A-Z0-9]+", plain)


def _fit(words: Sequence[str], length: int) -> list[str]:
    """As many leading words as fit; at least one, cut if it alone is too long."""
    kept: list[str] = []
    room = length
    for word in words:
        if kept and len(word) + 1 > room:
            break
        kept.append(word[:room])
        room -= len(kept[-1]) + 1
    return kept


def _hash(text: str, length: int) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.blake2b(folded.encode(), digest_size=8).hexdigest().upper()[:length]
