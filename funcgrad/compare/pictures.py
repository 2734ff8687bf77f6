"""Rendered figures inside the page: their bytes, and how large they are to be shown."""

import base64
import re
import struct

from funcgrad.compare.messages import Picture

DPI = 160  # of a figure that is rendered as pixels
CSS = 96  # pixels an inch


def data_uri(picture: Picture) -> str:
    """Return the picture as an address that holds it."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def size(picture: Picture) -> tuple[int, int] | None:
    """Return width and height in CSS pixels, or None where the picture does not say."""
    if picture.media_type == "image/png":
        width, height = struct.unpack(">II", picture.data[16:24])
        return round(width * CSS / DPI), round(height * CSS / DPI)
    box = re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.data)
    return (round(float(box[1]) * CSS / 72), round(float(box[2]) * CSS / 72)) if box else None
