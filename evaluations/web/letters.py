"""Letters for pictures that are drawn here: of fonts that are installed with Arena, the same on every machine."""

import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

from PIL import ImageFont

Face: TypeAlias = Literal["text", "strong", "title"]

# Package and file.
FILES: Final[dict[Face, tuple[str, str]]] = {
    "text": ("font_source_sans_pro", "SourceSansPro-Regular.ttf"),
    "strong": ("font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    "title": ("font_source_serif_pro", "SourceSerifPro-Bold.ttf"),
}
NO_BREAKS: Final = str.maketrans({"\u202f": " ", "\u00a0": " "})
# No font has a letter for it, so that every one draws its sign for what it lacks.
NO_LETTER: Final = "\U0010ffff"
MEASURED_SIZE: Final = 24


@lru_cache(maxsize=32)
def load_font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    package, name = FILES[face]
    return ImageFont.truetype(str(files(package) / "files" / name), size)


def spell(text: str, *, face: Face) -> str:
    """The text in letters that the font has: what it lacks is written without its accents, else as “?”."""
    signs = unicodedata.normalize("NFC", text.translate(NO_BREAKS))
    return "".join(_spell_sign(sign, face) for sign in signs)


@lru_cache(maxsize=4096)
def _spell_sign(sign: str, face: Face) -> str:
    base = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    for written in (sign, base):
        if all(_has_letter(part, face) for part in written):
            return written
    return "?"


def _has_letter(sign: str, face: Face) -> bool:
    font = load_font(face, MEASURED_SIZE)
    return sign == " " or bytes(font.getmask(sign)) != bytes(font.getmask(NO_LETTER))
