"""A bundle against itself: every figure computed anew from its votes, and compared with what was published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from zipfile import ZipFile

from evaluations.errors import BundleUnreadable
from evaluations.publishing import bundles
from evaluations.publishing.differences import NOTHING, Difference, list_differences
from evaluations.publishing.documents import CODE_VERSION, FORMAT
from evaluations.publishing.figures import compare_figures
from evaluations.publishing.readmes import write_readme
from evaluations.publishing.snapshot_files import check_document, check_head, read_analyses, read_json
from evaluations.publishing.vote_files import read_votes
from evaluations.ranking.reports.texts import count_things

Verdict: TypeAlias = Literal["same", "differs", "other-version"]

MOST_SHOWN: Final = 20
# What a bundle does not hold the means to compute, and where it is to be found instead.
TAKEN: Final = (
    "the names of the leaderboard and the study, and the ledger’s size",
    "which models were entered",
    "how many votes were received, who was left out, and why: the ledger has the decisions, at the positions given",
    "the parameters, and the claims as they were registered: the protocol has them",
    "the licence: whoever publishes says it",
)
LICENCE: Final = ("name", "url")
OF_BUNDLE: Final = {"said_by": "the manifest says", "found_by": "the file has"}
OF_ADDRESS: Final = {"said_by": "asked for was", "found_by": "the bundle has"}


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What came of it. digest: of snapshot.json. differences: the first MOST_SHOWN; more: how many others.

    recomputed: whether this code knows the snapshot's format. broken: whether the files are not those of the manifest,
    or the snapshot is not the one asked for, which no other version of the code explains. votes, analyses, claims: how
    many were computed.
    """

    document: Mapping[str, Any]
    digest: str
    differences: tuple[Difference, ...]
    more: int
    recomputed: bool
    broken: bool
    votes: int = 0
    analyses: int = 0
    claims: int = 0

    @property
    def is_of_this_version(self) -> bool:
        return self.recomputed and bool(self.document["code_version"] == CODE_VERSION)

    @property
    def verdict(self) -> Verdict:
        if not self.is_of_this_version and not self.broken:
            return "other-version"
        return "differs" if self.differences else "same"


def verify_bundle(
    path: Path, *, snapshot: str = "", tell: Callable[[str], None] = lambda _said: None
) -> Verification:
    """Compute every figure of the bundle again, and compare.

    snapshot: the digest that it should have, or its first digits; without it the bundle is only held to itself. tell
    is given a sentence before each step that takes a while. Raises BundleUnreadable.
    """
    with bundles.open_bundle(path) as archive:
        data = bundles.read_member(archive, bundles.SNAPSHOT)
        digest, document = hashlib.sha256(data).hexdigest(), read_json(data, name=bundles.SNAPSHOT)
        check_head(document)
        outer = [*_compare_files(archive, document=document), *_compare_digest(digest, asked=snapshot)]
        known = {"document": document, "digest": digest, "broken": bool(outer)}
        if document["format"] != FORMAT:
            return _sum_up(iter(outer), recomputed=False, **known)
        check_document(document)
        tell(f"Reading {count_things(document['votes']['counted'], 'vote')} …")
        with bundles.open_member(archive, bundles.VOTES) as file:
            votes = read_votes(file, models=document["models"])
        records = read_analyses(bundles.read_member(archive, bundles.ANALYSES), name=bundles.ANALYSES)
    tell(f"Computing {count_things(len(records) + 1, 'ranking')} …")
    counts = {"votes": len(votes), "analyses": len(records), "claims": len(document["claims"])}
    inner = compare_figures(document, votes=votes, records=records)
    return _sum_up(chain(outer, inner), recomputed=True, **counts, **known)


def _sum_up(differences: Iterator[Difference], **known: Any) -> Verification:
    shown = tuple(islice(differences, MOST_SHOWN))
    return Verification(differences=shown, more=sum(1 for _ in differences), **known)


def _compare_files(archive: ZipFile, *, document: Mapping[str, Any]) -> Iterator[Difference]:
    """The manifest with the files, and with the snapshot."""
    manifest = read_json(bundles.read_member(archive, bundles.MANIFEST), name=bundles.MANIFEST)
    if manifest.get("format") != bundles.FORMAT:
        raise BundleUnreadable(
            "This is no bundle of a snapshot that this version reads: its manifest says another."
        )
    files = {
        name: bundles.measure_member(archive, name) for name in bundles.MEMBERS if name != bundles.MANIFEST
    }
    expected = bundles.describe_bundle(document=document, files=files)
    # The licence is the publisher's word: nothing else in the bundle says it.
    said = {name: value for name, value in manifest.items() if name != "licence"}
    for difference in list_differences(said, expected):
        yield replace(difference, path=f"{bundles.MANIFEST}: {difference.path}", **OF_BUNDLE)
    if document["code_version"] == CODE_VERSION:
        yield from _compare_readme(archive, document=document, manifest=manifest)


def _compare_readme(
    archive: ZipFile, *, document: Mapping[str, Any], manifest: Mapping[str, Any]
) -> Iterator[Difference]:
    """What a reader sees first says what the snapshot is: whether anybody cast the votes, say."""
    licence = manifest.get("licence")
    if not isinstance(licence, dict) or not all(isinstance(licence.get(key), str) for key in LICENCE):
        raise BundleUnreadable("This is no bundle of a snapshot: its manifest says no licence.")
    written = write_readme(document=document, licence=(licence["name"], licence["url"])).encode()
    found = bundles.read_member(archive, bundles.README)
    if found != written:
        lines = zip_longest(written.split(b"\n"), found.split(b"\n"), fillvalue=None)
        number, (said, stands) = next(
            (at, pair) for at, pair in enumerate(lines, start=1) if pair[0] != pair[1]
        )
        yield Difference(
            path=f"{bundles.README}: line {number}",
            said=NOTHING if said is None else said.decode(),
            found=NOTHING if stands is None else stands.decode(errors="replace"),
            said_by="it should say",
            found_by="it says",
        )


def _compare_digest(digest: str, *, asked: str) -> Iterator[Difference]:
    if not digest.startswith(asked.lower()):
        yield Difference(path=bundles.SNAPSHOT, said=asked, found=digest, **OF_ADDRESS)
