"""Formulas: TeX to the MathML that browsers draw (MathML Core), element by element from what the library built.

The library's own text is never used: it writes the words of a formula unescaped. A formula that it cannot read, or
reads only in part, is none of ours to guess: the reader then sees its source.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

# A longer formula is no formula, and reading one may take time that grows faster than its length.
LONGEST_FORMULA = 4_000
# A fraction in a fraction in a fraction is a dozen elements deep.
DEEPEST = 40
# Each definition may use the one before twice: ten lines of them are a thousand million signs.
DEFINITION = re.compile(
    r"\\(?:(?:re|provide)?newcommand|newenvironment|[gex]?def|let|DeclareMathOperator)(?![a-zA-Z])"
)
CHARACTER = re.compile(r"&#x[0-9a-fA-F]{1,8};")
# Environments that the library does not know, by the one that looks the same.
ENVIRONMENTS = {
    **dict.fromkeys(
        ("aligned", "alignat", "alignat*", "alignedat", "eqnarray", "eqnarray*", "flalign"), "align*"
    ),
    **dict.fromkeys(("gather", "gather*", "gathered", "multline", "multline*"), "matrix"),
    **dict.fromkeys(("dcases", "cases*", "rcases"), "cases"),
    **dict.fromkeys(("equation", "equation*", "displaymath", "math"), ""),
}
ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([a-zA-Z]+\*?)\}")
COLUMNS_BEHIND = re.compile(r"(\\begin\{(?:alignat\*?|alignedat)\})\s*\{\d+\}")
PLACE_BEHIND = re.compile(r"(\\begin\{(?:aligned|gathered|alignedat|array)\})\s*\[[tbc]\]")

TAGS = {
    *(
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
    ),
    *("mover", "munder", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom", "mstyle"),
    *("mmultiscripts", "mprescripts"),
}
BOOLEAN = {"true", "false"}
SIZES = {f"{size}em" for size in ("1.2", "1.623", "2.047", "2.470", "2.47", "3")}
# Twentieths of an em, from what draws two signs together to a wide gap: nothing is pushed out of its place.
WIDTHS = {f"{step / 20:g}em" for step in range(-10, 61)}
VALUES: dict[str, dict[str, set[str]]] = {
    "math": {"display": {"block", "inline"}},
    "mo": {
        **dict.fromkeys(("stretchy", "fence", "separator", "movablelimits", "largeop", "accent"), BOOLEAN),
        **{"form": {"prefix", "infix", "postfix"}, "minsize": SIZES, "maxsize": SIZES},
    },
    "mi": {"mathvariant": {"normal"}},
    "mover": {"accent": BOOLEAN},
    "munder": {"accentunder": BOOLEAN},
    "mfrac": {"linethickness": {"0"}},
    "mstyle": {"displaystyle": BOOLEAN, "scriptlevel": {"0", "1", "2"}},
    "mtable": {"displaystyle": BOOLEAN},
    "mpadded": {"width": {"0"}, "height": {"0"}, "depth": {"0"}},
    "mspace": {"width": WIDTHS},
}
CLASSES = {
    "mi": {"math-bold"},
    "mn": {"math-bold"},
    "mrow": {"math-box", "math-strike"},
    "mtd": {"math-left", "math-right"},
    "mtable": {"math-aligned"},
}
# What they are taken over stands below them where there is room.
LIMITS = {"lim", "max", "min", "sup", "inf"}
LENGTH = re.compile(r"([+-]?\d*\.?\d+)\s*(em|ex|mu|pt|px)")
EMS = {"em": 1.0, "ex": 0.45, "mu": 1 / 18, "pt": 0.1, "px": 1 / 16}


def convert_formula(source: str, *, display: bool) -> str | None:
    """MathML of a formula in TeX, its source in `alttext`; None where it cannot be read."""
    if len(source) > LONGEST_FORMULA or DEFINITION.search(source):
        return None
    try:
        mode = "block" if display else "inline"
        tree = _read(_name_environments(source), mode=mode)
        return f'<math display="{mode}" alttext="{escape(source.strip())}">{"".join(_write_children(tree))}</math>'
    # The library raises whatever its parser stumbles on.
    except Exception:
        return None


class _UnreadableError(Exception):
    pass


def _name_environments(source: str) -> str:
    source = COLUMNS_BEHIND.sub(r"\1", PLACE_BEHIND.sub(r"\1", source))

    def rename(match: re.Match[str]) -> str:
        name = ENVIRONMENTS.get(match[2])
        return match[0] if name is None else f"\\{match[1]}{{{name}}}" if name else ""

    return ENVIRONMENT.sub(rename, source)


def _read(source: str, *, mode: str) -> Element:
    tree = convert_to_element(source, display=mode)
    if not any(space.get("linebreak") for space in tree.iter("mspace")):
        return tree
    # Lines without an environment around them, as models write them.
    return convert_to_element(rf"\begin{{array}}{{l}}{source}\end{{array}}", display=mode)


def _write_children(element: Element, *, depth: int = 0) -> Iterator[str]:
    for child in element:
        yield from _write(child, depth=depth)


def _write(element: Element, *, depth: int) -> Iterator[str]:
    if depth == DEEPEST:
        raise _UnreadableError(element.tag)
    tag = _choose_tag(element)
    text = CHARACTER.sub(lambda found: unescape(found[0]), element.text or "")
    if tag not in TAGS or text == "&" or (text[:1] == "\\" and len(text) > 1):
        raise _UnreadableError(element.tag, text)
    yield f"<{tag}{''.join(_write_attributes(element, tag))}>{escape(text, quote=False)}"
    yield from _write_children(element, depth=depth + 1)
    yield f"</{tag}>"


def _choose_tag(element: Element) -> str:
    if element.tag == "menclose":
        return "mrow"
    if element.tag == "msub" and element[0].tag == "mo" and element[0].text in LIMITS:
        element[0].set("movablelimits", "true")
        return "munder"
    return element.tag


def _write_attributes(element: Element, tag: str) -> Iterator[str]:
    if name := _choose_class(element):
        yield f' class="{name}"'
    for name, values in VALUES.get(tag, {}).items():
        value = element.get(name, "")
        if name == "width" and tag == "mspace":
            value = _limit_width(value)
        if value in values:
            yield f' {name}="{value}"'


def _choose_class(element: Element) -> str:
    match element.tag:
        case "mtd":
            return {"left": "math-left", "right": "math-right"}.get(element.get("columnalign", ""), "")
        case "mtable" if element.get("displaystyle") == "true":
            return "math-aligned"
        case "menclose":
            notation = element.get("notation", "")
            return "math-box" if "box" in notation else "math-strike" if "strike" in notation else ""
        case "mi" | "mn" if "bold" in element.get("mathvariant", ""):
            return "math-bold"
    return ""


def _limit_width(value: str) -> str:
    found = LENGTH.fullmatch(value.strip())
    if found is None:
        return ""
    steps = round(float(found[1]) * EMS[found[2]] * 20)
    return f"{max(-10, min(60, steps)) / 20:g}em"
