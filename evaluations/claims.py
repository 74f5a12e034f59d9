"""Claims as the votes judge them so far: those that the protocol was frozen with, and no others.

Counted are the head-to-head votes of the two models that the ranking counts, in the order of the ledger. A rater's
first one is an observation. Whoever excludes a rater takes an observation out, or a later one in, so that a verdict
holds for the votes that are counted: it can change with a decision about a rater, and with no vote.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluations.boards import Board
from evaluations.columns import Columns, refresh_columns
from evaluations.documents import list_claims, list_counted, read_votes
from evaluations.models import LedgerEntry, Snapshot, Study
from evaluations.publishing import claims as publishing
from evaluations.ranking.claims import Verdict

MOST_KEPT: Final = 32


@dataclass(frozen=True, kw_only=True)
class JudgedClaim:
    """A claim of the protocol, and what the votes say of it.

    kind, margin, alpha: as in Claim; model, rival: names. holds: the expected scores of the model between which the
    claim is true. lower, upper: of that score, at `level`; None where the votes rule out every score; lower_points,
    upper_points: the same on the Elo scale, None where it has no bound. mean: of the observations, None without any.
    votes: head to head; observations: raters who cast them. still_needed: more of those until a verdict if scores go
    on as so far, 0 once there is one, None where no number in sight would do.
    """

    number: int
    kind: str
    model: str
    rival: str
    margin: float
    alpha: float
    level: float
    holds: tuple[float, float]
    verdict: Verdict
    lower: float | None
    upper: float | None
    lower_points: float | None
    upper_points: float | None
    mean: float | None
    votes: int
    observations: int
    still_needed: int | None


# What this process judged last: a pure function of a protocol and a prefix of the ledger, which its last leaf names.
_judged: OrderedDict[tuple[Any, ...], list[JudgedClaim]] = OrderedDict()


def fetch_board_claims(*, board: Board, columns_root: Path) -> list[JudgedClaim]:
    """The claims as the snapshot judges them that the board shows, whatever was voted since. Before the first one,
    those of the protocol, without a vote; of a snapshot from before arena-5, which judged none, none."""
    if board.snapshot is None:
        return fetch_claims(study=board.study, size=0, columns_root=columns_root)
    return name_claims(board.document.get("claims", []), study=board.study)


def fetch_published_claims(*, study: Study, columns_root: Path) -> list[JudgedClaim]:
    """The claims as of the study's newest snapshot, which is what its leaderboard shows."""
    if not list_claims(study=study):
        return []
    published = Snapshot.objects.filter(leaderboard__study=study, exclusions=Snapshot.Exclusions.APPLIED)
    sizes = published.order_by("-ledger_size").values_list("ledger_size", flat=True)
    return fetch_claims(study=study, size=sizes.first() or 0, columns_root=columns_root)


def fetch_claims(*, study: Study, size: int, columns_root: Path) -> list[JudgedClaim]:
    """`judge_claims`, from this process's memory where it has judged this prefix. No query without a claim."""
    if not list_claims(study=study):
        return []
    leaf = LedgerEntry.objects.filter(position=size - 1).values_list("leaf_hash", flat=True).first()
    key = (study.pk, study.protocol_hash, size, bytes(leaf or b""))
    if key not in _judged:
        columns = refresh_columns(root=columns_root)
        _judged[key] = judge_claims(study=study, columns=columns, size=size)
        while len(_judged) > MOST_KEPT:
            _judged.popitem(last=False)
    return _judged[key]


def judge_claims(*, study: Study, columns: Columns, size: int | None = None) -> list[JudgedClaim]:
    """Judge every claim on the ledger's first `size` entries, all of them unless told otherwise."""
    frozen = list_claims(study=study)
    if not frozen:
        return []
    size = columns.size if size is None else size
    counted, _exclusions = list_counted(columns=columns, study_id=study.pk, size=size)
    votes = read_votes(study=study, columns=columns, positions=counted)
    return name_claims(publishing.judge_claims(votes, claims=frozen), study=study)


def name_claims(records: Sequence[Mapping[str, Any]], *, study: Study) -> list[JudgedClaim]:
    """Claims as a snapshot's document has them, with the names of the models."""
    names = {model["slug"]: model["name"] for model in (study.protocol or {}).get("models", [])}
    return [
        JudgedClaim(
            **{
                **record,
                "holds": tuple(record["holds"]),
                "model": names[record["model"]],
                "rival": names[record["rival"]],
            }
        )
        for record in records
    ]
