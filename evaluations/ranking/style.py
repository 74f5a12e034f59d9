"""How a response is written, apart from what it says: its length, headings, bold and lists.

Style control takes the difference of two responses in these as covariates of the vote, after Li, Angelopoulos &
Chiang (2024), "Does style matter? Disentangling style and substance in Chatbot Arena".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from numpy.typing import NDArray

from evaluations.errors import BadVotes, NothingToRank
from evaluations.ranking.votes import Floats

STYLE_FEATURES: Final = ("length", "headings", "bold", "lists")  # the order of columns, everywhere
MOST: Final = 2.0**53  # beyond it doubles no longer count by ones

# Scripts that put no space between words: Thai to Myanmar, Khmer, Chinese and Japanese.
UNSPACED: Final = (
    "\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
# From a letter or digit on, so that signs alone are no word and each character is read once.
WORD: Final = re.compile(f"[{UNSPACED}]|[^\\W_][^\\s{UNSPACED}]*")

DISPLAY_MATH: Final = {"\\[": "\\]", "$$": "$$"}

NEVER_DIFFERS: Final = "is the same on both sides of every vote, so it has no effect that could be estimated"


@dataclass(frozen=True, kw_only=True)
class StyleCounts:
    """length: words. headings: of any level. bold: spans. lists: items, ordered or not, of any depth."""

    length: int
    headings: int
    bold: int
    lists: int


@dataclass(frozen=True, kw_only=True)
class MarkupCounts:
    """The same markup by kind. headings: h1 to h6. lists: ordered, unordered. bold: **, __. code: blocks of it."""

    headings: dict[str, int]
    lists: dict[str, int]
    bold: dict[str, int]
    code: int


@dataclass(frozen=True, eq=False, kw_only=True)
class StyleCovariates:
    """values: (N, F) covariates of N votes, by the F names; root mean square 1, sign changed if a and b swap.

    scale: (F,) what each was divided by: a coefficient over its scale is that of the plain difference.
    constant: (name, reason) of each feature that was left out.
    """

    names: tuple[str, ...]
    values: Floats
    scale: Floats
    constant: tuple[tuple[str, str], ...]


def measure_style(text: str) -> StyleCounts:
    """Count the style of one response from its markdown, as the page shows it.

    length: words of the whole text, code included. A word is what stands between white space, from its first
    letter or digit; in scripts without spaces (Chinese, Japanese, Thai …) each character is one. headings: #
    to ###### and underlined ones. bold: ** and __ that make bold text, those within others too. lists: items.
    Markup is what CommonMark with tables reads as such: never what stands in code, in display mathematics, or
    after a backslash. HTML is text.
    """
    tokens = _MARKDOWN.parse(text)
    kinds = [token.type for token in tokens]
    return StyleCounts(
        length=count_words(text),
        headings=kinds.count("heading_open"),
        bold=sum(child.type == "strong_open" for token in tokens for child in token.children or ()),
        lists=kinds.count("list_item_open"),
    )


def count_words(text: str) -> int:
    """Words as `measure_style` counts them."""
    return sum(1 for _ in WORD.finditer(text))


def count_markup(text: str) -> MarkupCounts:
    """Headings by level, list items and bold spans by mark, and blocks of code, read as `measure_style` reads them."""
    tokens = _MARKDOWN.parse(text)
    headings = Counter(token.tag for token in tokens if token.type == "heading_open")
    # An ordered item is marked by what follows its number: 1. or 1)
    ordered = Counter(token.markup in {".", ")"} for token in tokens if token.type == "list_item_open")
    spans = [child for token in tokens for child in token.children or () if child.type == "strong_open"]
    bold = Counter(span.markup for span in spans)
    return MarkupCounts(
        headings={level: headings[level] for level in ("h1", "h2", "h3", "h4", "h5", "h6")},
        lists={"ordered": ordered[True], "unordered": ordered[False]},
        bold={mark: bold[mark] for mark in ("**", "__")},
        code=sum(token.type in {"fence", "code_block"} for token in tokens),
    )


def measure_styles(*, texts: Sequence[str]) -> NDArray[np.int64]:
    """(R, 4) counts of R responses, columns in the order of STYLE_FEATURES; one of usual length takes 1 ms."""
    rows = [[getattr(measure_style(text), name) for name in STYLE_FEATURES] for text in texts]
    return np.array(rows, dtype=np.int64).reshape(len(texts), len(STYLE_FEATURES))


def style_differences(*, a: NDArray[Any], b: NDArray[Any]) -> Floats:
    """(N, 4) normalised differences (a − b) / (a + b) of the counts, in [−1, 1]; 0 where neither has any.

    a, b: (N, 4) counts of the responses of both sides of N votes, columns in the order of STYLE_FEATURES.
    Exactly −1 times the same with a and b swapped. Li et al. (2024), for every feature: 20 words more are much
    beside 20, and little beside 500. Raises BadVotes (shapes, types, a count that is none).
    """
    first, second = _checked_counts(a, side="a"), _checked_counts(b, side="b")
    if len(first) != len(second):
        raise BadVotes(f"Side a has the style of {len(first)} votes, and side b of {len(second)}.")
    total = first + second
    return np.asarray((first - second) / np.where(total == 0, 1.0, total), dtype=np.float64)


def standardise_differences(*, differences: Floats) -> StyleCovariates:
    """Divide each of the (N, 4) differences by its root mean square, so that coefficients compare.

    The mean is not subtracted, as it is in Li et al. (2024): which model is a is a convention, and a mean taken
    off would turn it into a constant advantage of one side. A feature that never differs is left out, by name.
    Raises BadVotes (shape, numbers that are not finite), NothingToRank (no votes).
    """
    if differences.ndim != 2 or differences.shape[1] != len(STYLE_FEATURES):
        raise BadVotes(f"Differences of style are a table of (votes, 4), not {differences.shape}.")
    if not np.isfinite(differences).all():
        raise BadVotes("A difference of style is not a finite number; make them with style_differences.")
    if not len(differences):
        raise NothingToRank(
            "There are no votes, so that differences of style have no size to be measured by."
        )
    scale = np.sqrt(np.mean(differences**2, axis=0))
    differs = scale > 0
    return StyleCovariates(
        names=tuple(name for name, kept in zip(STYLE_FEATURES, differs, strict=True) if kept),
        values=differences[:, differs] / scale[differs],
        scale=scale[differs],
        constant=tuple(
            (name, NEVER_DIFFERS) for name, kept in zip(STYLE_FEATURES, differs, strict=True) if not kept
        ),
    )


def _checked_counts(counts: NDArray[Any], *, side: str) -> Floats:
    if counts.ndim != 2 or counts.shape[1] != len(STYLE_FEATURES) or counts.dtype.kind not in "iuf":
        raise BadVotes(
            f"The style of side {side} is a table of numbers, (votes, 4), with columns "
            f"{', '.join(STYLE_FEATURES)}; here it is {counts.shape} of {counts.dtype}."
        )
    table = counts.astype(np.float64)
    good = (table >= 0) & (table <= MOST)  # false for what is not a number, too
    if not good.all():
        vote, column = np.argwhere(~good)[0]
        raise BadVotes(
            f"Vote {vote + 1} has {table[vote, column]:g} as {STYLE_FEATURES[column]} of side {side}; "
            "a count is a finite number, 0 or more."
        )
    return table


def _skip_display_math(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A block rule: \\[ … \\] and $$ … $$ that start a line and end one, so that a − or + in them is no list.

    Written here since the plugins of the page look for the end anew from each line, which takes quadratic time.
    """
    begin = state.bMarks[first] + state.tShift[first]
    closer = DISPLAY_MATH.get(state.src[begin : begin + 2])
    if closer is None or begin >= state.env.get(closer, len(state.src)):
        return False
    close = state.src.find(closer, begin + 2)
    if close < 0:
        state.env[closer] = begin  # there is none from here on: no later line needs to look
        return False
    line = bisect_left(state.eMarks, close, first, end)
    if line == end or state.src[close + 2 : state.eMarks[line]].strip():
        return False
    if not silent:
        state.line = line + 1
    return True


def _build_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.block.ruler.before(
        "fence",
        "display_math",
        _skip_display_math,
        {
            "alt": ["paragraph", "reference", "blockquote", "list"]
        },  # it ends a paragraph above it, as on the page
    )
    return parser


_MARKDOWN: Final = _build_parser()
