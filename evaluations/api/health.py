"""A study's health: the figures of its page, from the same functions."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from evaluations.api.permissions import StudyView
from evaluations.api.serializers.health import HealthSerializer
from evaluations.background import RESPONSES, Work, list_work
from evaluations.columns import refresh_columns
from evaluations.generation.progress import describe_reason
from evaluations.items import measure_coverage
from evaluations.models import Study
from evaluations.quality.decisions import fetch_newest, list_waiting
from evaluations.quality.health import PairTable, count_pairs, list_days, measure_pace
from evaluations.quality.raters import fetch_quality


class HealthView(StudyView):
    @extend_schema(summary="On time or not, and what waits for a person", responses=HealthSerializer)
    def get(self, request: Request, slug: str) -> Response:
        study, now = self.study, self.now
        columns = refresh_columns(root=settings.COLUMNS_ROOT)
        quality = fetch_quality(study=study, columns=columns)
        days = quality.measured.days
        running = study.opened_at is not None and study.closed_at is None and not study.recorded
        counts: dict[str, Any] = {
            "state": study.state,
            "ledger_size": quality.size,
            "received": quality.received,
            "counted": quality.counted,
            "target_votes": study.target_votes,
            "raters": len(quality.raters),
            "active": quality.count_active(now=now),
            "excluded": sum(rater.excluded for rater in quality.raters),
            "waiting": len(list_waiting(raters=quality.raters, newest=fetch_newest(study=study))),
            "seconds": quality.measured.seconds,
            "pace": measure_pace(study=study, days=days, counted=quality.counted, now=now)
            if running
            else None,
            "days": [
                {"day": day, "votes": votes} for day, votes in list_days(study=study, days=days, now=now)
            ],
            "pairs": describe_pairs(count_pairs(study=study, columns=columns)),
            "items": measure_coverage(study=study) if study.sampling == Study.Sampling.DESIGNED else None,
            "work": [describe_work(work) for work in list_work(now=now)],
        }
        shares = {name: getattr(quality, name) for name in ("agreement", "conformity", "checks", "repeats")}
        return Response(HealthSerializer({**counts, **shares}).data)


def describe_pairs(table: PairTable) -> dict[str, Any]:
    pairs = [pair for _name, row in table.rows for pair in row] or list(table.fewest)
    return {"needed": table.needed, "low": table.low, "lacking": table.lacking, "pairs": pairs}


def describe_work(work: Work) -> dict[str, Any]:
    said = work.kind == RESPONSES and work.problem
    return {**vars(work), "problem": describe_reason(work.problem) if said else work.problem}
