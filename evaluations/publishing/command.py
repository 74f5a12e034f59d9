"""`arena verify BUNDLE`: whether a snapshot's votes give its figures. Needs no database and no Django."""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

from evaluations.errors import BundleUnreadable
from evaluations.publishing.documents import CODE_VERSION
from evaluations.publishing.downloads import fetch_bundle, find_digest, is_address
from evaluations.publishing.verification import TAKEN, Verdict, Verification, verify_bundle
from evaluations.ranking.reports.texts import count_things, fit_encoding, make_printable

EXITS: Final[Mapping[Verdict, int]] = {"same": 0, "differs": 1, "other-version": 3}
UNREADABLE: Final = 2
INTERRUPTED: Final = 130
FEWEST_DIGITS: Final = 16
EPILOG: Final = (
    "Exit status: 0 every figure is the same; 1 something differs; 2 there is no bundle that can be read; "
    "3 the snapshot was made by another version of the code, so that a difference proves nothing."
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _build_parser().parse_args(arguments)
    # Figures that somebody altered may overflow on the way; what came of them is compared, and said once.
    warnings.simplefilter("ignore", RuntimeWarning)
    try:
        found = _verify(options)
    except (BundleUnreadable, MemoryError, RecursionError) as error:
        said = (
            str(error)
            if isinstance(error, BundleUnreadable)
            else "This bundle asks for more memory than there is."
        )
        _print(
            json.dumps({"verdict": "unreadable", "reason": said}) if options.json else said,
            error=not options.json,
        )
        return UNREADABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    _print(_write_json(found) if options.json else "\n".join(_list_lines(found)))
    return EXITS[found.verdict]


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="arena", description="Check what an arena publishes.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify = commands.add_parser(
        "verify",
        help="compute every figure of a snapshot again from its votes, and compare",
        description="Compute every figure of a snapshot again from the votes in its bundle, and compare.",
        epilog=EPILOG,
    )
    verify.add_argument("bundle", metavar="BUNDLE", help="a bundle: a file, or its address on a leaderboard")
    verify.add_argument(
        "--snapshot",
        metavar="DIGEST",
        type=_read_digest,
        help="the digest that the leaderboard names, or its first 16 digits or more; an address has it already",
    )
    verify.add_argument("--json", action="store_true", help="what was found, as JSON")
    verify.add_argument("--quiet", action="store_true", help="say nothing while it is at work")
    return parser


def _read_digest(said: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{16,64}", said):
        raise argparse.ArgumentTypeError(f"a digest is {FEWEST_DIGITS} to 64 digits from 0 to f")
    return said.lower()


def _verify(options: argparse.Namespace) -> Verification:
    source: str = options.bundle
    place: AbstractContextManager[Path] = (
        fetch_bundle(source) if is_address(source) else nullcontext(Path(source))
    )
    named = find_digest(source) if is_address(source) else ""
    with place as path:
        return verify_bundle(
            path,
            snapshot=options.snapshot or named,
            tell=lambda said: None if options.quiet else _print(said, error=True),
        )


def _list_lines(found: Verification) -> Iterator[str]:
    document = found.document
    yield (
        f"Leaderboard {show(document['leaderboard'])}, ledger size {document['ledger_size']:,}, "
        f"code {show(document['code_version'])}"
    )
    yield f"Snapshot {found.digest}"
    simulated, counted = document["votes"].get("simulated"), document["votes"]["counted"]
    if simulated and simulated == counted:
        yield "These votes are simulated: nobody cast them."
    elif simulated:
        yield f"Of these {counted:,} votes {simulated:,} are simulated: nobody cast them."
    if found.recomputed:
        counts = [(found.votes, "vote"), (found.analyses + 1, "ranking"), (found.claims, "claim")]
        yield f"Computed again: {', '.join(count_things(number, noun) for number, noun in counts)}"
    yield "Taken from the snapshot, and not computed:"
    yield from (f"  {said}" for said in TAKEN)
    yield from (f"DIFFERS  {difference.sentence}" for difference in found.differences)
    if found.more:
        yield f"         and {found.more:,} more"
    yield conclude(found)


def conclude(found: Verification) -> str:
    """The sentence that it comes to."""
    if found.verdict == "same":
        return "Every figure is the same, byte for byte."
    differing = count_things(len(found.differences) + found.more, "difference")
    if found.verdict == "differs":
        return f"NOT the same: {differing}."
    if not found.recomputed:
        return (
            f"This snapshot has the format {show(found.document['format'])}, which this code, {CODE_VERSION}, does not "
            f"know; it names {show(found.document['code_version'])} as the code that made it. Nothing was computed."
        )
    by = f"This snapshot was made by the code {show(found.document['code_version'])}, and this is {CODE_VERSION}"
    return f"{by}: {differing if found.differences else 'even so every figure is the same'}."


def show(text: Any) -> str:
    return make_printable(str(text))


def _write_json(found: Verification) -> str:
    document = found.document
    record = {
        "verdict": found.verdict,
        "sentence": conclude(found),
        "snapshot": found.digest,
        "leaderboard": document["leaderboard"],
        "ledger_size": document["ledger_size"],
        "code_version": document["code_version"],
        "verified_by": CODE_VERSION,
        "computed": {"votes": found.votes, "analyses": found.analyses, "claims": found.claims},
        "not_computed": list(TAKEN),
        "differences": [difference.as_record() for difference in found.differences],
        "more_differences": found.more,
    }
    return json.dumps(record, ensure_ascii=False, indent=2)


def _print(text: str, *, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    form = "json" if text.startswith("{") else "table"
    print(fit_encoding(text, encoding=stream.encoding or "utf-8", form=form), file=stream, flush=True)
