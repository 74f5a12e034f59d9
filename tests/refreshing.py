"""Leaderboards refreshed however few votes are new: real ones wait for others (tests/test_pacing.py)."""

from datetime import datetime
from pathlib import Path

from evaluations.models import Leaderboard
from evaluations.snapshots import refresh_leaderboard


def refresh_all(*, columns_root: Path, now: datetime) -> None:
    for leaderboard in Leaderboard.objects.select_related("study"):
        refresh_leaderboard(leaderboard=leaderboard, columns_root=columns_root, now=now)
