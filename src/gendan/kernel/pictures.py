"""Whether an upload that says it is a picture can be read as one, and is small enough to be read."""

from __future__ import annotations

import warnings

from PIL import Image

from gendan.kernel import files

MOST_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG")


def readable(sha256: str, most_pixels: int = MOST_PIXELS) -> bool:
    """Whether a stored content is a whole PNG or JPEG of at most so many pixels, which is asked before it is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(files.path_of(sha256), formats=FORMATS) as picture:
                if picture.width * picture.height > most_pixels:
                    return False
                picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return False
    return True
