"""How a board was computed: from votes received to votes counted, and how anyone checks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from evaluations.boards import Board
from evaluations.publicity import name_licence, shows_texts, shows_votes
from evaluations.sentences.boards import count_deciding, count_left_out, read_all_votes
from evaluations.web.filters import build_query


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """Votes that come in, go out, or are what remains. address: where the reasons stand."""

    words: str
    votes: int
    total: bool = False
    address: str = ""


def describe_provenance(request: HttpRequest, *, board: Board) -> dict[str, Any]:
    """What the section “How this was computed” needs beside the board; nothing without a snapshot."""
    if board.snapshot is None:
        return {}
    snapshot = reverse("snapshot", args=[board.leaderboard.slug, board.short_digest])
    permanent = snapshot + build_query(board, raw=False)
    bundle = reverse("snapshot-bundle", args=[board.leaderboard.slug, board.short_digest])
    licence, licence_address = name_licence()
    return {
        "ledger": list_ledger(board),
        "permanent_address": permanent,
        "printed_address": request.build_absolute_uri(permanent),
        "verifiable": shows_texts(study=board.study),
        "votes_public": shows_votes(study=board.study),
        "verify_command": f"arena verify {request.build_absolute_uri(bundle)}",
        "data_address": reverse("leaderboard-data", args=[board.leaderboard.slug]),
        "raw_query": build_query(board, raw=True),
        "filtered_address": build_query(board, raw=False) or request.path,
        "licence": licence,
        "licence_address": licence_address,
    }


def list_ledger(board: Board) -> Sequence[LedgerLine]:
    """Votes received, less those left out, are the votes counted; of these, those of the part that is shown; of these,
    those that the ranking takes."""
    votes, counted = read_all_votes(board), board.votes["counted"]
    excluded, withdrawn = board.exclusions["votes"], board.exclusions["withdrawn"]["votes"]
    lines = [LedgerLine(words=_("Received"), votes=votes["received"])]
    if not board.is_raw and excluded:
        lines.append(LedgerLine(words=_("Excluded, with reasons"), votes=-excluded, address="#exclusions"))
    if withdrawn:
        lines.append(LedgerLine(words=_("Withdrawn by their raters"), votes=-withdrawn))
    lines.append(LedgerLine(words=_("Counted"), votes=votes["counted"], total=True))
    if board.analysis.part.key:
        others = LedgerLine(words=_("On other prompts"), votes=counted - votes["counted"])
        lines += [others, LedgerLine(words=_("Counted here"), votes=counted, total=True)]
    left_out = count_left_out(board)
    if left_out["ties"]:
        lines.append(LedgerLine(words=_("Ties, left out of this ranking"), votes=-left_out["ties"]))
    if left_out["both_bad"]:
        words = _("“Both bad”, left out of this ranking")
        lines.append(LedgerLine(words=words, votes=-left_out["both_bad"]))
    if any(left_out.values()):
        lines.append(LedgerLine(words=_("In this ranking"), votes=count_deciding(board), total=True))
    return lines
