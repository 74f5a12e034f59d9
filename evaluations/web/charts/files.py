"""A picture as a file that stands alone: its title, what it measures, and where it is from are in it."""

from collections.abc import Sequence
from functools import cache
from textwrap import wrap

from django.utils.html import format_html
from django.utils.safestring import SafeString

from evaluations.web.charts.colours import mix_colours, read_colours
from evaluations.web.charts.figures import Figure, Key
from evaluations.web.charts.marks import join_marks, write_text
from evaluations.web.charts.words import clean_text, measure_text

# Pixels. Signs in a line of a title and of a sentence.
WIDTH, MARGIN = 960, 32
TITLE_SIGNS, NOTE_SIGNS = 74, 128
TITLE_LINE, NOTE_LINE, KEY_LINE = 30, 18, 22
SANS = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
SERIF = "Charter, 'Sitka Text', Cambria, 'Noto Serif', Georgia, serif"
# What each class of a mark looks like: {name} is a colour of the page, {w2} a mixed one.
RULES = """
text{{font:13px {sans};fill:{ink-soft}}}
.title{{font:700 24px {serif};fill:{ink}}}
.name{{fill:{ink}}}.strong{{fill:{ink};font-weight:600}}
.name,.strong{{paint-order:stroke;stroke:{page};stroke-width:4;stroke-linejoin:round}}
.middle{{text-anchor:middle}}.end{{text-anchor:end}}.tight{{display:none}}
.ground{{fill:{page}}}
.grid{{stroke:{line}}}.axis,.whisker{{stroke:{line-strong}}}.zero{{stroke:{ink-soft}}}
.interval{{stroke:{data};stroke-width:5;stroke-opacity:.38}}
.point{{fill:{data}}}.hollow{{fill:{surface};stroke:{ink-faint};stroke-width:1.5}}
path{{vector-effect:non-scaling-stroke}}
.front,.trend,.faint,.target{{fill:none;stroke-width:1.5}}
.front,.trend{{stroke:{data}}}.faint{{stroke:{line-strong};stroke-opacity:.5}}
.band{{fill:{data};fill-opacity:.08}}
.target{{stroke:{ink};stroke-dasharray:4 3}}.zone-edge{{stroke:{line-strong};stroke-dasharray:3 3}}
.w1{{fill:{contrast}}}.w2{{fill:{w2}}}.w3{{fill:{w3}}}.w4{{fill:{sunken}}}.w5{{fill:{w5}}}.w6{{fill:{w6}}}.w7{{fill:{data}}}
.on-cell{{fill:{ink};text-anchor:middle;font-size:12px}}.on-dark{{fill:{page}}}
"""
MIXED = {"w2": ("contrast", 0.46), "w3": ("contrast", 0.22), "w5": ("data", 0.22), "w6": ("data", 0.46)}


@cache
def write_style(*, dark: bool) -> str:
    colours = read_colours(dark=dark)
    mixed = {
        name: mix_colours(colours[token], colours["surface"], share=share)
        for name, (token, share) in MIXED.items()
    }
    return RULES.format(sans=SANS, serif=SERIF, **colours, **mixed)


def write_svg(figure: Figure, *, source: Sequence[str], dark: bool, language: str) -> str:
    """source: lines for below the picture. The same figure, theme and language give the same bytes."""
    marks, top = _write_head(figure)
    height = figure.height if figure.picture else 0
    below, bottom = _write_lines(
        [line for text in source for line in _wrap(text, NOTE_SIGNS)], top + height + 36
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" lang="{}" width="{}" height="{}" viewBox="0 0 {} {}" role="img" '
        'aria-labelledby="title"><title id="title">{}</title><desc>{}</desc><style>{}</style>'
        '<rect class="ground" width="100%" height="100%"/>{}'
        '<svg x="{}" y="{}" width="{}" height="{}" overflow="visible">{}</svg>{}</svg>\n',
        *(language, WIDTH, bottom, WIDTH, bottom),
        clean_text(figure.title),
        clean_text(f"{figure.label}. {figure.note}"),
        write_style(dark=dark),
        marks,
        *(MARGIN, top, WIDTH - 2 * MARGIN, height),
        figure.picture,
        below,
    )


def _write_head(figure: Figure) -> tuple[SafeString, int]:
    """Title, note and legend, and where they end."""
    y, marks = MARGIN + 16, []
    for line in _wrap(figure.title, TITLE_SIGNS):
        marks.append(write_text(line, x=MARGIN, y=y, css="title"))
        y += TITLE_LINE
    note, y = _write_lines(_wrap(figure.note, NOTE_SIGNS), y)
    legend, y = _write_legend(figure.legend, y + 6)
    return join_marks([*marks, note, legend]), y + 4


def _write_lines(lines: Sequence[str], y: int) -> tuple[SafeString, int]:
    marks = [write_text(line, x=MARGIN, y=y + NOTE_LINE * place) for place, line in enumerate(lines)]
    return join_marks(marks), y + NOTE_LINE * len(lines)


def _write_legend(keys: Sequence[Key], y: int) -> tuple[SafeString, int]:
    """Side by side, in as many lines as it takes."""
    marks, x = [], float(MARGIN)
    for key in keys:
        width = 28 + 6 + measure_text(key.label) + 16
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = float(MARGIN), y + KEY_LINE
        marks.append(_write_key(key, x=round(x), y=y))
        x += width
    return join_marks(marks), y + KEY_LINE if keys else y


def _write_key(key: Key, *, x: int, y: int) -> SafeString:
    mark = format_html('<svg x="{}" y="{}" width="28" height="14">{}</svg>', x, y - 11, key.mark)
    return join_marks([mark, write_text(key.label, x=x + 34, y=y)])


def _wrap(text: str, signs: int) -> list[str]:
    return wrap(clean_text(text), signs)
