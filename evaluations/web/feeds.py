"""Atom feeds of snapshots, of one leaderboard and of all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from evaluations.boards import SHORT_DIGEST, BoardRow, build_board
from evaluations.feeds import list_published
from evaluations.models import Leaderboard, Snapshot
from evaluations.publicity import name_licence
from evaluations.sentences import name_kind, summarise_board, write_number, write_percent
from evaluations.templatetags.figures import ranks
from evaluations.web.elsewhere import show_elsewhere
from evaluations.web.versions import tag_leaderboard, tag_page

ROWS_TOLD: Final = 10
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What an entry says, as text and as HTML."""

    title: str
    content: SafeString


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a feed is of, and from where it was asked: ids are of the host."""

    leaderboard: Leaderboard | None
    host: str


@dataclass(frozen=True, kw_only=True)
class Item:
    snapshot: Snapshot
    told: Told
    entry: Entry


class DatedFeed(Atom1Feed):
    """A feed without an entry is as old as its leaderboard: no answer depends on the clock."""

    def latest_post_date(self) -> datetime:
        since: datetime = self.feed.get("since", BEGINNING)
        return max((item["updateddate"] for item in self.items), default=since)

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", "Arena")


class SnapshotFeed(Feed):  # type: ignore[type-arg] # it takes none at run time
    """An entry for each hour in which a snapshot was published; later ones of the hour take its place."""

    feed_type = DatedFeed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Told:
        slug = kwargs.get("slug")
        leaderboard = Leaderboard.objects.select_related("study").get(slug=slug) if slug else None
        return Told(leaderboard=leaderboard, host=request.get_host())

    def title(self, told: Told) -> str:
        return f"{told.leaderboard.title if told.leaderboard else _('Leaderboards')} – Arena"

    def subtitle(self, told: Told) -> str:
        return _(
            "The last snapshot of each hour. Every score has an interval, and every rank is the range that the votes "
            "allow."
        )

    def link(self, told: Told) -> str:
        return told.leaderboard.get_absolute_url() if told.leaderboard else reverse("leaderboards")

    def feed_url(self, told: Told) -> str:
        name, given = (
            ("leaderboard-feed", [told.leaderboard.slug]) if told.leaderboard else ("leaderboards-feed", [])
        )
        return f"{reverse(name, args=given)}?language={get_language()}"

    def feed_guid(self, told: Told) -> str:
        since = told.leaderboard.created_at if told.leaderboard else BEGINNING
        return name_tag(host=told.host, since=since, path=self.link(told))

    def feed_copyright(self, told: Told) -> str | None:
        return name_licence()[0] or None

    def author_name(self, told: Told) -> str:
        return settings.OPERATOR_NAME or "Arena"

    def feed_extra_kwargs(self, told: Told) -> dict[str, Any]:
        return {"since": told.leaderboard.created_at} if told.leaderboard else {}

    def items(self, told: Told) -> Sequence[Item]:
        published, language = list_published(leaderboard=told.leaderboard), get_language() or ""
        return [Item(snapshot=each, told=told, entry=write_entry(each, language)) for each in published]

    def item_title(self, item: Any) -> str:
        return str(item.entry.title)

    def item_description(self, item: Any) -> str:
        return str(item.entry.content)

    def item_link(self, item: Any) -> str:
        snapshot = item.snapshot
        return reverse("snapshot", args=[snapshot.leaderboard.slug, snapshot.result_digest[:SHORT_DIGEST]])

    def item_guid(self, item: Item) -> str:
        snapshot = item.snapshot
        path = f"{snapshot.leaderboard.get_absolute_url()}{snapshot.created_at:%Y-%m-%dT%H}"
        return name_tag(host=item.told.host, since=snapshot.leaderboard.created_at, path=path)

    def item_updateddate(self, item: Item) -> datetime:
        return item.snapshot.created_at


def name_tag(*, host: str, since: datetime, path: str) -> str:
    """A tag URI (RFC 4151): what it names never changes, whatever becomes of the address."""
    return f"tag:{host.partition(':')[0]},{since:%Y-%m-%d}:{path}"


@lru_cache(maxsize=512)
def write_entry(snapshot: Snapshot, language: str) -> Entry:
    """The sentence, then the models at the top in words. A snapshot never changes, so that it is written once in each
    language, which is the one in use."""
    board = build_board(leaderboard=snapshot.leaderboard, snapshot=snapshot)
    warnings = {"simulated": _("Simulated votes."), "recorded": _("Recorded votes.")}
    warning = warnings.get(name_kind(board), "")
    title = summarise_board(board)
    lines = list_lines(board.rows[:ROWS_TOLD], level=board.parameters.get("level", 0))
    first = format_html("<strong>{}</strong> {}", warning, title) if warning else title
    listed = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
    below = format_html("<ul>{}</ul>", listed) if lines else ""
    return Entry(title=title, content=format_html("<p>{}</p>{}", first, below))


def list_lines(rows: Iterable[BoardRow], *, level: float) -> list[str]:
    """“1–2: Delphi L, 1,084 points (95% interval 1,073 to 1,095)”."""
    return [
        _("%(ranks)s: %(model)s, %(score)s points (%(level)s interval %(lower)s to %(upper)s)")
        % {
            "ranks": ranks(row),
            "model": row.model.name,
            "score": write_number(row.score),
            "level": write_percent(level),
            "lower": write_number(row.lower),
            "upper": write_number(row.upper),
        }
        for row in rows
    ]


def tag_leaderboards(request: HttpRequest) -> str:
    newest = Snapshot.objects.order_by("-pk").values_list("pk", flat=True).first()
    return tag_page(request, str(newest))


@require_safe
@show_elsewhere
@condition(etag_func=tag_leaderboard)
def send_leaderboard_feed(request: HttpRequest, slug: str) -> HttpResponse:
    return SnapshotFeed()(request, slug=slug)


@require_safe
@show_elsewhere
@condition(etag_func=tag_leaderboards)
def send_leaderboards_feed(request: HttpRequest) -> HttpResponse:
    return SnapshotFeed()(request)
