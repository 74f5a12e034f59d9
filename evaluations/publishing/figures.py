"""The figures of a snapshot beside those that its votes give: what is not the same, figure by figure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from evaluations.canonical import encode_canonical
from evaluations.errors import RankingError
from evaluations.publishing.analyses import list_variants
from evaluations.publishing.differences import NOTHING, Difference, list_differences
from evaluations.publishing.documents import (
    Published,
    describe_analysis,
    list_parts,
    list_ranked,
    publish_votes,
)
from evaluations.publishing.snapshot_files import strip_judgement
from evaluations.publishing.vote_files import count_origins
from evaluations.publishing.votes import CountedVotes, count_outcomes

OF_RECORDS: Final = "the bundle’s record of it is"


def compare_figures(
    document: Mapping[str, Any], *, votes: CountedVotes, records: Mapping[str, bytes]
) -> Iterator[Difference]:
    """document: the snapshot's, checked. records: the bundle's canonical documents of other analyses, by key."""
    yield from _compare_counts(document, votes=votes)
    try:
        published = publish_again(document, votes=votes)
    except RankingError as error:
        yield from list_differences(document["input_digest"], votes.digest(), path="input_digest")
        yield Difference(
            path="ranking",
            said=document.get("ranking", NOTHING),
            found=str(error),
            found_by="of the votes is said",
        )
        return
    computed = json.loads(published.document)
    # Every figure beside the version of the code that computed it, which a verdict of its own names.
    for name in ("analyses", "code_version"):
        computed[name] = document[name]
    yield from list_differences(document, computed)
    yield from _compare_analyses(document, votes=votes, published=published, records=records)


def _compare_counts(document: Mapping[str, Any], *, votes: CountedVotes) -> Iterator[Difference]:
    """What is taken from the snapshot, as far as it must add up."""
    exclusions = document["exclusions"]
    left_out = exclusions["votes"] + exclusions["withdrawn"]["votes"]
    if document["votes"]["received"] != len(votes) + left_out:
        yield Difference(
            path="votes.received",
            said=document["votes"]["received"],
            found=len(votes) + left_out,
            found_by="votes and exclusions add up to",
        )
    if exclusions["raters"] != len(exclusions["positions"]):
        yield Difference(
            path="exclusions.raters",
            said=exclusions["raters"],
            found=len(exclusions["positions"]),
            found_by="the decisions listed are",
        )
    if len(votes) and votes.position[-1] >= document["ledger_size"]:
        last = int(votes.position[-1])
        yield Difference(
            path="ledger_size", said=document["ledger_size"], found=last, found_by="a vote stands at"
        )


def _compare_analyses(
    document: Mapping[str, Any],
    *,
    votes: CountedVotes,
    published: Published,
    records: Mapping[str, bytes],
) -> Iterator[Difference]:
    """Each analysis beside the primary one: those of parts by the digest in the snapshot, all by their record."""
    digests, seen = document["analyses"], set()
    for key, data in _compute_analyses(document, votes=votes, published=published):
        seen.add(key)
        path, record, computed = f'analyses["{key}"]', _hash(records.get(key)), _hash(data)
        said = digests.get(key, NOTHING) if key in published.analyses else record
        if record != said:
            yield Difference(path=path, said=said, found=record, found_by=OF_RECORDS)
        if record not in (NOTHING, computed):
            yield from list_differences(json.loads(records[key]), json.loads(data), path=path)
        elif said != computed:
            yield Difference(path=path, said=said, found=computed)
    for key in sorted((digests.keys() | records.keys()) - seen):
        said = digests.get(key, _hash(records.get(key)))
        yield Difference(path=f'analyses["{key}"]', said=said, found=NOTHING)


def _compute_analyses(
    document: Mapping[str, Any], *, votes: CountedVotes, published: Published
) -> Iterator[tuple[str, bytes]]:
    yield from published.analyses.items()
    for analysis in list_variants(list_ranked(list_parts(votes))):
        record = describe_analysis(votes, analysis=analysis, parameters=document["parameters"])
        yield analysis.key, encode_canonical(record)


def _hash(data: bytes | None) -> Any:
    return NOTHING if data is None else hashlib.sha256(data).hexdigest()


def publish_again(document: Mapping[str, Any], *, votes: CountedVotes) -> Published:
    """What these votes make of the snapshot's parameters and claims. Raises RankingError."""
    counts = {**count_outcomes(votes), **count_origins(votes), "received": document["votes"]["received"]}
    taken = {name: document[name] for name in ("leaderboard", "study", "ledger_size", "exclusions")}
    return publish_votes(
        votes,
        head={**taken, "votes": counts},
        parameters=document["parameters"],
        claims=[strip_judgement(claim) for claim in document["claims"]],
    )
