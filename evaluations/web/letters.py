"""Letters for pictures that are drawn here: a font of this machine where there is one, else the one of Pillow."""

import unicodedata
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from PIL import ImageFont

Face: TypeAlias = Literal["text", "strong", "title"]

# By file name, as Pillow looks for them in the system's folders: those with the most letters first.
FILES: Final[dict[Face, tuple[str, ...]]] = {
    "text": ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "arial.ttf"),
    "strong": ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "arialbd.ttf"),
    "title": ("NotoSerif-Bold.ttf", "DejaVuSerif-Bold.ttf", "LiberationSerif-Bold.ttf", "georgiab.ttf"),
}
# Pillow's own font has ASCII and these.
ALSO: Final = "«»‘’“”…±·°™©"
PLAIN: Final = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "–": "-", "—": "-", "−": "-"}
)
NO_BREAKS: Final = str.maketrans({"\u202f": " ", "\u00a0": " "})


@lru_cache(maxsize=32)
def load_font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    found = find_font(face)
    return ImageFont.truetype(found, size) if found else load_own_font(size)


@lru_cache(maxsize=3)
def find_font(face: Face) -> str:
    """The file of this machine's font; "" where it has none, as many a container."""
    for name in FILES[face]:
        try:
            font = ImageFont.truetype(name, 12)
        except OSError:
            continue
        return str(font.path)
    return ""


@lru_cache(maxsize=8)
def load_own_font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's, the same on every machine. Raises TypeError where Pillow was built without FreeType."""
    font = ImageFont.load_default(size=size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow has no scalable font: it was built without FreeType.")
    return font


def spell(text: str, *, face: Face) -> str:
    """The text in letters that the font has."""
    spaced = text.translate(NO_BREAKS)
    return spaced if find_font(face) else spell_plainly(spaced)


def spell_plainly(text: str) -> str:
    """In the letters of Pillow's font: “tête” is “tete”; what has no letter like it is “?”."""
    parts = unicodedata.normalize("NFD", text.translate(NO_BREAKS).translate(PLAIN))
    base = (sign for sign in parts if not unicodedata.combining(sign))
    return "".join(sign if sign.isascii() or sign in ALSO else "?" for sign in base)
