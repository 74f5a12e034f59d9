"""The questions about a study's instructions: after consent, before the first battle, where the study asks some."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evaluations import panels
from evaluations.access import require_admission
from evaluations.briefings.comprehension import (
    Question,
    Standing,
    answer_questions,
    fetch_standing,
    list_questions,
    name_version,
)
from evaluations.models import Rater, Study
from evaluations.raters import find_consent
from evaluations.web.raters import read_rater


@never_cache
@require_http_methods(["GET", "POST"])
def check_comprehension(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, or on to where the rater stands: the terms, the first battle, the way out."""
    study = get_object_or_404(Study.objects.exclude(state=Study.State.DRAFT), slug=slug)
    rater = read_rater(request)
    require_admission(study=study, rater=rater)
    if rater is None or find_consent(rater=rater, study=study) is None:
        return redirect("study", slug=slug)
    standing = fetch_standing(study=study, rater=rater)
    if standing.is_over:
        return show_end(request, study)
    if standing.passed or not study.takes_votes:
        return redirect("rate" if study.takes_votes else find_exit(study), slug=slug)
    if request.method == "POST":
        return take_answers(request, study, rater, standing)
    return show_questions(request, study, rater, standing)


def take_answers(request: HttpRequest, study: Study, rater: Rater, standing: Standing) -> HttpResponse:
    """An attempt, where every question is answered. What the rater is told then is read from the database."""
    questions = list_questions(study=study, rater=rater)
    chosen = [read_choice(request, number, question) for number, question in enumerate(questions)]
    answers = [place for place in chosen if place is not None]
    # Staff may change the questions of a pilot while somebody answers: that form is not held against anyone.
    if request.POST.get("version") != name_version(study=study):
        return redirect("comprehension", slug=study.slug)
    if len(answers) < len(questions):
        return show_questions(request, study, rater, standing, chosen=chosen)
    number = request.POST.get("number", "")
    standing = answer_questions(
        study=study,
        rater=rater,
        number=int(number) if number in {"1", "2"} else 0,
        chosen=answers,
        now=timezone.now(),
    )
    if standing.is_over and study.access == Study.Access.PANEL:
        panels.leave(study=study, rater=rater, now=timezone.now())
    return redirect("rate" if standing.passed else "comprehension", slug=study.slug)


def read_choice(request: HttpRequest, number: int, question: Question) -> int | None:
    """The place of the choice as it was shown; None where none is chosen."""
    given = request.POST.get(f"question-{number}", "")
    return next((place for place in range(len(question.choices)) if given == str(place)), None)


def show_questions(
    request: HttpRequest,
    study: Study,
    rater: Rater,
    standing: Standing,
    *,
    chosen: list[int | None] | None = None,
) -> HttpResponse:
    """The form; again with what was chosen, where an answer is missing."""
    questions = list_questions(study=study, rater=rater)
    given = chosen or [None] * len(questions)
    context = {
        "study": study,
        "standing": standing,
        "version": name_version(study=study),
        "questions": [
            {"question": question, "chosen": place, "missing": bool(chosen) and place is None}
            for question, place in zip(questions, given, strict=True)
        ],
        "total": len(questions),
    }
    return render(request, "comprehension/page.html", context, status=422 if chosen else 200)


def show_end(request: HttpRequest, study: Study) -> HttpResponse:
    """Thanks, and the way out: a panel's people get their code there."""
    if study.access == Study.Access.PANEL:
        return redirect("leave", slug=study.slug)
    return render(request, "comprehension/over.html", {"study": study})


def find_exit(study: Study) -> str:
    """The page that says why a study takes no votes now."""
    return "leave" if study.access == Study.Access.PANEL else "study"
