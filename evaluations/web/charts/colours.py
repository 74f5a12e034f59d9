"""The page's colours for files that stand alone: read from its tokens, in the notation that every program knows."""

import math
import re
from functools import cache
from pathlib import Path

from django.conf import settings

TOKENS = Path("static") / "css" / "tokens.css"
DECLARED = re.compile(r"--([a-z-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\);")
# OKLab to the cube roots of LMS, and LMS to linear sRGB (Ottosson 2020).
TO_ROOTS = (
    (1, 0.3963377774, 0.2158037573),
    (1, -0.1055613458, -0.0638541728),
    (1, -0.0894841775, -1.291485548),
)
TO_LIGHT = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.707614701),
)


@cache
def read_colours(*, dark: bool) -> dict[str, str]:
    """“#rrggbb” by token."""
    text = (settings.BASE_DIR / TOKENS).read_text()
    return {
        name: convert_oklch(*map(float, (night if dark else light).split()))
        for name, light, night in DECLARED.findall(text)
    }


def convert_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The nearest colour of sRGB, each channel cut off at its ends."""
    angle = math.radians(hue)
    lab = (lightness, chroma * math.cos(angle), chroma * math.sin(angle))
    return write_lab(lab)


def write_lab(lab: tuple[float, float, float]) -> str:
    cubes = [sum(factor * part for factor, part in zip(row, lab, strict=True)) ** 3 for row in TO_ROOTS]
    light = [sum(factor * cube for factor, cube in zip(row, cubes, strict=True)) for row in TO_LIGHT]
    return "#" + "".join(f"{round(255 * _compress(channel)):02x}" for channel in light)


def mix_colours(colour: str, ground: str, *, share: float) -> str:
    """So much of the colour on the ground, channel by channel."""
    pairs = zip(_split(colour), _split(ground), strict=True)
    return "#" + "".join(f"{round(share * top + (1 - share) * below):02x}" for top, below in pairs)


def _split(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _compress(channel: float) -> float:
    """Linear light to sRGB's curve."""
    channel = min(max(channel, 0.0), 1.0)
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
