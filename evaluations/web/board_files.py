"""What of a leaderboard can be downloaded: the page that says so, and the files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from evaluations.board_files import VOTE_FORMATS, BoardFile, write_board, write_codebook
from evaluations.boards import Board
from evaluations.errors import NotPublished
from evaluations.exports.public import PUBLIC_FILES, PublicFile, count_public_rows, open_public_export
from evaluations.leaderboards import fetch_board
from evaluations.models import Leaderboard
from evaluations.publicity import name_licence, require_bundle, shows_votes
from evaluations.sentences import name_kind, summarise_board
from evaluations.throttling import count_download, name_caller
from evaluations.web.boards import read_boards
from evaluations.web.filters import build_query, describe_selection
from evaluations.web.published_pages import PublishedRequest, serve_published
from evaluations.web.shown_boards import BOARD_QUERY, fetch_shown_board
from evaluations.web.snippets import write_snippets
from evaluations.web.versions import tag_leaderboard

PAGE_SIZE: Final = 20
BOARD_FILES: Final = ("board.csv", "board.json", "board.parquet")
CODEBOOKS: Final = ("codebook.csv", "codebook.md")
FORMATS: Final = {"csv": "CSV", "json": "JSON", "jsonl": "JSON lines", "parquet": "Parquet", "md": "Markdown"}
SENTENCES: Final = {
    "votes": gettext_lazy(
        "One row a vote that a ranking counts: which two models met, on which prompt, who won, and the rater under a "
        "pseudonym of this study."
    ),
    "lmarena": gettext_lazy(
        "The same votes with the columns of LMArena’s public ones (140k), with prompts and responses: what reads those "
        "reads these."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Link:
    address: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A file with its formats. rows: None where it has none, or nobody may have it yet: then `reason` says from when
    on."""

    name: str
    title: str
    sentence: str
    rows: int | None
    links: Sequence[Link]
    reason: str = ""


@serve_published(*BOARD_QUERY)
def show_data(request: PublishedRequest, slug: str) -> HttpResponse:
    """Raises Leaderboard.DoesNotExist, UnknownAnalysis."""
    board = fetch_shown_board(request, slug=slug)
    licence, address = name_licence()
    offers = [offer_board(board), *offer_votes(board), *offer_bundle(board)]
    context = {
        "board": board,
        "selection": describe_selection(board, raw=board.is_raw) if board.snapshot else "",
        "offers": offers,
        "complete": not any(offer.reason for offer in offers),
        "shows_votes": shows_votes(study=board.study),
        "codebooks": link_files(board, CODEBOOKS),
        "licence": licence,
        "licence_address": address,
        "snippets": write_snippets(request, board),
    }
    return render(request, "data/page.html", context)


@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=lambda request, slug, file: tag_leaderboard(request, slug))
def send_file(request: HttpRequest, slug: str, file: str) -> HttpResponseBase:
    """The file of this name. Raises what `fetch_board` raises, NotPublished, TooManyRequests."""
    suffix = file.rpartition(".")[2]
    if file in CODEBOOKS:
        return attach(write_codebook(suffix=suffix))
    query = request.GET.dict()
    if file in BOARD_FILES:
        board = fetch_board(slug=slug, query=query, digest=query.get("snapshot"))
        return attach(write_board(board=board, suffix=suffix))
    if file in VOTE_FORMATS and "snapshot" not in query:
        board = fetch_board(slug=slug, query=query)
        votes = stream_votes(board, name=VOTE_FORMATS[file], head_only=request.method == "HEAD")
        if request.method != "HEAD":
            count_download(caller=name_caller(request.META), now=timezone.now())
        return votes
    raise Http404


def stream_votes(board: Board, *, name: str, head_only: bool = False) -> StreamingHttpResponse:
    """The votes behind the newest snapshot. Those of an older one are part of them: who withdrew since is out.

    head_only: nothing is read or written but what the headers say."""
    export = open_public_export(
        study=board.study,
        name=name,
        ledger_size=board.snapshot.ledger_size if board.snapshot else 0,
        kept_only=not board.is_raw,
    )
    return StreamingHttpResponse(
        () if head_only else export.chunks,
        content_type=export.content_type,
        headers=name_file(export.filename),
    )


def attach(file: BoardFile) -> HttpResponse:
    return HttpResponse(file.data, content_type=file.content_type, headers=name_file(file.filename))


def name_file(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{filename}"'}


def offer_board(board: Board) -> Offer:
    return Offer(
        name="board",
        title=_("Board"),
        sentence=_("One row a model: its range of ranks, its score with the interval, and its votes."),
        rows=len(board.rows) + len(board.unplaced),
        links=link_files(board, BOARD_FILES),
    )


def offer_votes(board: Board) -> list[Offer]:
    return [_offer_public(board, public) for public in PUBLIC_FILES]


def _offer_public(board: Board, public: PublicFile) -> Offer:
    file, rows, reason = public.file, None, ""
    names = [each for each in VOTE_FORMATS if each.startswith(f"{file.name}.")]
    try:
        public.needs(study=board.study)
    except NotPublished as error:
        reason = str(error)
    else:
        rows = count_public_rows(
            study_id=board.study.pk,
            name=file.name,
            ledger_size=board.snapshot.ledger_size if board.snapshot else 0,
            kept_only=not board.is_raw,
        )
    return Offer(
        name=file.name,
        title=str(file.title),
        sentence=str(SENTENCES[file.name]),
        rows=rows,
        links=[] if reason else link_files(board, names),
        reason=reason,
    )


def offer_bundle(board: Board) -> list[Offer]:
    """All that a snapshot follows from, for who wants to compute it again. Nothing without one, or without votes."""
    if board.snapshot is None or not shows_votes(study=board.study):
        return []
    try:
        require_bundle(study=board.study)
    except NotPublished as error:
        links, reason = [], str(error)
    else:
        address = reverse("snapshot-bundle", args=[board.leaderboard.slug, board.short_digest])
        links, reason = [Link(address=address, label="ZIP")], ""
    bundle = Offer(
        name="bundle",
        title=_("Bundle to check the snapshot with"),
        sentence=_(
            "The votes that the board counts, as numbers, with its parameters and digests: “arena verify” computes "
            "every figure again and compares."
        ),
        rows=None,
        links=links,
        reason=reason,
    )
    return [bundle]


def link_files(board: Board, names: Sequence[str]) -> list[Link]:
    """Each with the filters of the board that is shown."""
    query = build_query(board, raw=board.is_raw)
    return [
        Link(
            address=reverse("leaderboard-file", args=[board.leaderboard.slug, name])
            + ("" if name in CODEBOOKS else query),
            label=FORMATS[name.rpartition(".")[2]],
        )
        for name in names
    ]


@serve_published("page")
def list_data(request: PublishedRequest) -> HttpResponse:
    """The data of all leaderboards, and what holds for all of them."""
    leaderboards = Leaderboard.objects.select_related("study")
    page = Paginator(leaderboards, PAGE_SIZE).get_page(request.GET.get("page"))
    boards = read_boards(list(page.object_list))
    licence, address = name_licence()
    context = {
        "page": page,
        "boards": [(board, summarise_board(board), shows_votes(study=board.study)) for board in boards],
        "some_simulated": any(name_kind(board) == "simulated" for board in boards),
        "licence": licence,
        "licence_address": address,
        "feed": f"{reverse('leaderboards-feed')}?language={get_language()}",
    }
    return render(request, "home/data.html", context)
