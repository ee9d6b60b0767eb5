"""A picture is believed when it can be read."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageFile

from gendan.kernel import files, pictures


def stored(size: tuple[int, int], cut: int = 0, kind: str = "PNG") -> str:
    """The content of a new white picture, of which so many bytes are missing at the end."""
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, kind)
    return files.store([target.getvalue()[: -cut or None]]).sha256


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_whole_picture_is_readable(kind: str) -> None:
    assert pictures.readable(stored((40, 20), kind=kind))


def test_what_is_cut_off_too_large_or_no_picture_is_not() -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as WeasyPrint leaves it
    assert not pictures.readable(stored((400, 200), cut=300))
    assert not pictures.readable(stored((400, 200), cut=300, kind="JPEG"))
    assert not pictures.readable(stored((20_000, 2_000)))
    assert not pictures.readable(stored((40, 20), kind="GIF"))
    assert not pictures.readable(files.store([b"\x89PNG\r\n\x1a\n..."]).sha256)
