"""The card as a picture: a pure function of what it says. Places and sizes are in pixels."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from evaluations.web.letters import Face, load_font, spell

WIDTH: Final = 1200
HEIGHT: Final = 630
MARGIN: Final = 64
ROW: Final = 48
ROWS_FROM: Final = 308
ROWS_SHOWN: Final = 5
BARS: Final = (820, 1136)
# The light theme's tokens, as numbers: a picture has no theme.
PAGE, INK, SOFT, LINE = "#f8fafb", "#1d2530", "#4a5562", "#dde2e6"
DATA, DATA_SOFT, WARN, WARN_TINT = "#0b6473", "#93c3cb", "#7d4f00", "#fdf1d8"
SMALLEST_TITLE: Final = 30
DOT: Final = 15
# Shapes are drawn this much larger, then made smaller: that gives them soft edges.
FINER: Final = 8


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """A model. low, point, high: where the interval lies, as shares of the axis."""

    rank: str
    name: str
    score: str
    interval: str
    low: float
    point: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Card:
    """All that the picture says. warning: that votes are simulated or recorded, or too few; "" without one."""

    title: str
    sentence: str
    warning: str
    rows: tuple[CardRow, ...]
    note: str


@lru_cache(maxsize=64)
def draw_card(card: Card) -> bytes:
    """A PNG of 1200 × 630: the same card, the same bytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAGE)
    draw = ImageDraw.Draw(image)
    _draw_head(image, draw, card)
    _draw_sentence(draw, card.sentence, room=3 if card.rows else 6)
    for place, row in enumerate(card.rows[:ROWS_SHOWN]):
        _draw_row(image, draw, row, top=ROWS_FROM + place * ROW)
    _write(draw, (MARGIN, HEIGHT - 36), card.note, size=20, colour=SOFT, anchor="ls")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
    return out.getvalue()


def _draw_head(image: Image.Image, draw: ImageDraw.ImageDraw, card: Card) -> None:
    image.paste(INK, (MARGIN - 4, 40), _draw_brand())
    _write(draw, (MARGIN + 48, 70), "Arena", size=30, face="title", anchor="ls")
    edge: float = WIDTH - MARGIN
    if card.warning:
        edge = _draw_warning(draw, card.warning) - 20
    left = MARGIN + 48 + _measure("Arena", size=30, face="title") + 24
    title = _fit(card.title, width=edge - left, size=24)
    _write(draw, (left, 70), title, size=24, colour=SOFT, anchor="ls")
    draw.line([(MARGIN, 98), (WIDTH - MARGIN, 98)], fill=INK, width=2)


@lru_cache(maxsize=1)
def _draw_brand() -> Image.Image:
    """The mark of the pages, an A whose bar is an interval, as a mask of 40 × 36."""
    mask = Image.new("L", (40 * FINER, 36 * FINER))
    draw, scale = ImageDraw.Draw(mask), FINER * 40 / 26
    left, foot, top, bar = (scale * value for value in (4.5, 22, 3, 15.5))
    middle, right, width = scale * 13, scale * 21.5, round(scale * 2.25)
    draw.line([(left, foot), (middle, top), (right, foot)], fill=255, width=width, joint="curve")
    draw.line([(scale * 2, bar), (scale * 24, bar)], fill=255, width=width)
    draw.circle((middle, bar), scale * 3.2, fill=255)
    return mask.resize((40, 36), Image.Resampling.LANCZOS)


@lru_cache(maxsize=1)
def _draw_dot() -> Image.Image:
    """A mask of DOT × DOT with soft edges."""
    mask = Image.new("L", (DOT * FINER, DOT * FINER))
    ImageDraw.Draw(mask).ellipse([0, 0, DOT * FINER - 1, DOT * FINER - 1], fill=255)
    return mask.resize((DOT, DOT), Image.Resampling.LANCZOS)


def _draw_warning(draw: ImageDraw.ImageDraw, words: str) -> float:
    """At the right edge; where it begins."""
    width = _measure(words, size=22, face="strong")
    start = WIDTH - MARGIN - width - 28
    draw.rounded_rectangle([start, 42, WIDTH - MARGIN, 82], radius=5, fill=WARN_TINT)
    _write(draw, (start + 14, 62), words, size=22, face="strong", colour=WARN, anchor="lm")
    return start


def _draw_sentence(draw: ImageDraw.ImageDraw, sentence: str, *, room: int) -> None:
    """As large as it can be in `room` lines."""
    sizes = range(46, SMALLEST_TITLE - 1, -2)
    wrapped = ((size, _wrap(sentence, size=size)) for size in sizes)
    size, lines = next(
        ((size, lines) for size, lines in wrapped if len(lines) <= room),
        (SMALLEST_TITLE, _wrap(sentence, size=SMALLEST_TITLE)[:room]),
    )
    for place, line in enumerate(lines):
        _write(draw, (MARGIN, 122 + round(place * size * 1.25)), line, size=size, face="title", anchor="la")


def _draw_row(image: Image.Image, draw: ImageDraw.ImageDraw, row: CardRow, *, top: int) -> None:
    middle, (start, end) = top + ROW // 2, BARS
    draw.line([(MARGIN, top), (WIDTH - MARGIN, top)], fill=LINE, width=1)
    _write(draw, (MARGIN, middle), row.rank, size=24, face="strong", anchor="lm")
    name = _fit(row.name, width=370, size=24, face="strong")
    _write(draw, (MARGIN + 96, middle), name, size=24, face="strong", anchor="lm")
    _write(draw, (632, middle), row.score, size=24, face="strong", anchor="rm")
    _write(draw, (648, middle), row.interval, size=20, colour=SOFT, anchor="lm")
    low, point, high = (start + share * (end - start) for share in (row.low, row.point, row.high))
    draw.line([(low, middle), (high, middle)], fill=DATA_SOFT, width=9)
    image.paste(DATA, (round(point) - DOT // 2, middle - DOT // 2), _draw_dot())


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    *,
    size: int,
    face: Face = "text",
    colour: str = INK,
    anchor: str,
) -> None:
    draw.text(at, spell(text, face=face), font=load_font(face, size), fill=colour, anchor=anchor)


def _measure(text: str, *, size: int, face: Face = "text") -> float:
    return load_font(face, size).getlength(spell(text, face=face))


def _fit(text: str, *, width: float, size: int, face: Face = "text") -> str:
    """The text, or as much of it as there is room for, and an ellipsis."""
    if _measure(text, size=size, face=face) <= width:
        return text
    cut = (f"{text[:length].rstrip()}…" for length in range(len(text) - 1, 0, -1))
    return next((short for short in cut if _measure(short, size=size, face=face) <= width), "…")


def _wrap(text: str, *, size: int) -> list[str]:
    """Lines of the title's width, broken at spaces; a word that is too long is shortened."""
    return list(_break_lines(text.split(" "), size=size))


def _break_lines(words: list[str], *, size: int) -> Iterator[str]:
    line, width = "", WIDTH - 2 * MARGIN
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and _measure(longer, size=size, face="title") > width:
            yield _fit(line, width=width, size=size, face="title")
            line = word
        else:
            line = longer
    yield _fit(line, width=width, size=size, face="title")
