"""Looking things up, not changing them: what is derived or insert-only has no form."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from evaluations.models import (
    Entry,
    Import,
    LanguageModel,
    Leaderboard,
    LedgerEntry,
    PromptSet,
    Snapshot,
    Study,
    Vote,
)

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    # Generic for the type checker alone.
    Base = admin.ModelAdmin


class ReadOnlyAdmin(Base):
    """Lists and shows rows; adds, changes and deletes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Study)
class StudyAdmin(ReadOnlyAdmin):
    list_display = ["slug", "title", "state", "opened_at", "simulated", "recorded"]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["position", "kind", "study", "sealed_at"]
    list_select_related = ["study"]
    show_full_result_count = False


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ["leaderboard", "ledger_size", "result_digest", "created_at"]
    list_select_related = ["leaderboard"]


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    """Without the battle's models: someone who also rates must not come upon them here."""

    list_display = ["receipt", "outcome", "revision", "cast_at"]
    fields = ["receipt", "outcome", "revision", "cast_at"]
    show_full_result_count = False


for model in (Entry, Import, LanguageModel, Leaderboard, PromptSet):
    admin.site.register(model, ReadOnlyAdmin)
