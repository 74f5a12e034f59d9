"""The marks of a picture as SVG. Colours only by class; lengths are text from `scales`."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from evaluations.web.charts.words import clean_text

Place = str | int


def draw_line(css: str, *, x1: Place, x2: Place, y1: Place, y2: Place) -> SafeString:
    return format_html('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>', css, x1, x2, y1, y2)


def draw_level(css: str, *, x1: Place, x2: Place, y: Place) -> SafeString:
    """A line across."""
    return draw_line(css, x1=x1, x2=x2, y1=y, y2=y)


def draw_upright(css: str, *, x: Place, y1: Place, y2: Place) -> SafeString:
    return draw_line(css, x1=x, x2=x, y1=y1, y2=y2)


def draw_dot(css: str, *, x: Place, y: Place) -> SafeString:
    return format_html('<circle class="{}" cx="{}" cy="{}" r="4.5"/>', css, x, y)


def write_text(text: str, *, x: Place, y: Place, css: str = "", dx: Place = 0) -> SafeString:
    shift = format_html(' dx="{}"', dx) if dx else ""
    return format_html('<text class="{}" x="{}" y="{}"{}>{}</text>', css, x, y, shift, text)


def write_name(name: str, *, shown: str, x: Place, y: Place, css: str = "name", dx: Place = 0) -> SafeString:
    """A model's name; where it is cut, the whole of it is there to be read."""
    whole = format_html("<title>{}</title>", clean_text(name)) if shown != name else ""
    shift = format_html(' dx="{}"', dx) if dx else ""
    return format_html('<text class="{}" x="{}" y="{}"{}>{}{}</text>', css, x, y, shift, whole, shown)


def draw_path(css: str, *, steps: str) -> SafeString:
    return format_html('<path class="{}" d="{}"/>', css, steps)


def stretch(
    marks: SafeString, *, x: Place, y: Place, width: Place, height: Place, box: tuple[int, int]
) -> SafeString:
    """Marks in the units of the box (width, height), stretched into a part of the picture: paths know no per cent."""
    return format_html(
        '<svg x="{}" y="{}" width="{}" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>',
        *(x, y, width, height),
        *box,
        marks,
    )


def join_marks(marks: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((mark,) for mark in marks))
