"""What a camera would see: a code on a label, as a film that Chromium takes for its camera."""

from __future__ import annotations

from pathlib import Path

import zxingcpp
from PIL import Image

SIZE = (1280, 720)


def picture(text: str, kind: zxingcpp.BarcodeFormat, *, gs1: bool = False) -> Image.Image:
    """A code in the middle of a grey desk."""
    options = {"gs1": True} if gs1 else {}
    code = zxingcpp.create_barcode(text, kind, **options)
    sizes = (zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=True) for scale in (5, 4, 3))
    bits = Image.fromarray(next(drawn for drawn in sizes if drawn.shape[1] < SIZE[0])).convert("L")
    desk = Image.new("L", SIZE, 210)
    desk.paste(bits, ((SIZE[0] - bits.width) // 2, (SIZE[1] - bits.height) // 2))
    return desk


def film(path: Path, *pictures: Image.Image, each: int = 1) -> Path:
    """Pictures one after the other, again and again, in the plainest format there is (YUV4MPEG2, grey)."""
    width, height = SIZE
    grey = bytes([128]) * (width * height // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F5:1 Ip A1:1 C420jpeg\n".encode())
        for shown in pictures:
            for _n in range(each):
                file.write(b"FRAME\n" + shown.tobytes() + grey)
    return path
