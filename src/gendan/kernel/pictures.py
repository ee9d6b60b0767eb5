"""Whether an upload that says it is a picture can be read as one, and is small enough to be read."""

from __future__ import annotations

import warnings

from PIL import Image

from gendan.kernel import files

MOST_PIXELS = 16_000_000
# How a whole file ends. Pillow is asked to read on by WeasyPrint where a file stops short, so it is not asked here.
ENDS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}
TAIL = 65_536  # what cameras put behind the end of a JPEG


def readable(sha256: str, most_pixels: int = MOST_PIXELS) -> bool:
    """Whether a stored content is a whole PNG or JPEG of at most so many pixels, which is asked before it is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(files.path_of(sha256), formats=tuple(ENDS)) as picture:
                if picture.width * picture.height > most_pixels or not _is_whole(sha256, str(picture.format)):
                    return False
                picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return False
    return True


def _is_whole(sha256: str, kind: str) -> bool:
    with files.open_stored(sha256) as content:
        content.seek(0, 2)
        content.seek(max(content.tell() - TAIL, 0))
        return ENDS[kind] in content.read()
