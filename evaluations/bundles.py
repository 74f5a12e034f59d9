"""A snapshot's bundle: what anyone needs to compute its figures again, made from the ledger's prefix when asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from evaluations.boards import SHORT_DIGEST
from evaluations.canonical import encode_canonical, hash_canonical
from evaluations.documents import CODE_VERSION, read_votes
from evaluations.errors import NotPublished
from evaluations.leaderboards import find_snapshot
from evaluations.models import Leaderboard, Snapshot
from evaluations.prefixes import Prefix, open_prefix
from evaluations.publicity import name_licence, require_bundle
from evaluations.publishing.analyses import list_part_analyses, list_variants
from evaluations.publishing.bundles import FORMAT, write_bundle
from evaluations.publishing.documents import describe_analysis, list_ranked
from evaluations.publishing.votes import CountedVotes
from evaluations.quality.exclusions import find_exclusions
from evaluations.snapshots import read_document

TAG_DIGITS = 32


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """chunks: the zip, made while it is read. tag: of the bytes, the same wherever they are the same."""

    filename: str
    tag: str
    chunks: Iterator[bytes]


def fetch_bundle(*, slug: str, digest: str, columns_root: Path) -> Bundle:
    """The bundle of the leaderboard's snapshot with this digest, whole or its first digits.

    Raises Leaderboard.DoesNotExist, Snapshot.DoesNotExist, NotPublished.
    """
    snapshot = _find_snapshot(slug=slug, digest=digest)
    require_bundle(study=snapshot.leaderboard.study)
    prefix = open_prefix(snapshot_id=snapshot.pk, columns_root=columns_root)
    _require_all_still_there(prefix)
    return Bundle(
        filename=f"arena-{slug}-{snapshot.result_digest[:SHORT_DIGEST]}.zip",
        # All that the bytes depend on.
        tag=hash_canonical([FORMAT, CODE_VERSION, snapshot.result_digest, *name_licence()])[:TAG_DIGITS],
        chunks=_write(snapshot=snapshot, prefix=prefix),
    )


def _find_snapshot(*, slug: str, digest: str) -> Snapshot:
    leaderboard = Leaderboard.objects.select_related("study").get(slug=slug)
    snapshot = find_snapshot(leaderboard=leaderboard, exclusions=Snapshot.Exclusions.APPLIED, digest=digest)
    if snapshot is None:
        raise Snapshot.DoesNotExist
    return snapshot


def _require_all_still_there(prefix: Prefix) -> None:
    """What a rater took along since is given to nobody any more, though the figures stay as they were published."""
    columns = prefix.columns
    gone = find_exclusions(columns=columns, study_id=prefix.study.pk, size=columns.size).withdrawn
    if np.isin(columns.rater[prefix.positions], gone).any():
        raise NotPublished(
            _(
                "Since this snapshot a rater has withdrawn, with the votes, so that its bundle is no longer given out. "
                "Its figures stay as they were published. A snapshot made after that has a bundle."
            )
        )


def _write(*, snapshot: Snapshot, prefix: Prefix) -> Iterator[bytes]:
    document = read_document(snapshot=snapshot)
    votes = read_votes(
        study=prefix.study, columns=prefix.columns, positions=prefix.positions, slugs=document["models"]
    )
    yield from write_bundle(
        document=snapshot.document.encode(),
        analyses=_list_analyses(snapshot=snapshot, votes=votes),
        votes=votes,
        licence=name_licence(),
    )


def _list_analyses(*, snapshot: Snapshot, votes: CountedVotes) -> Iterator[bytes]:
    """Each analysis that the pages show, kept or computed; none of what only another version of the code computes."""
    document = read_document(snapshot=snapshot)
    parts = list_ranked(document.get("parts", []))
    kept = dict(snapshot.analyses.values_list("key", "document"))
    for analysis in (*list_part_analyses(parts), *list_variants(parts)):
        if analysis.key in kept:
            yield kept[analysis.key].encode()
        elif snapshot.code_version == CODE_VERSION:
            yield encode_canonical(
                describe_analysis(votes, analysis=analysis, parameters=document["parameters"])
            )
