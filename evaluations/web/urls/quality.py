"""A study's health, its raters, and decisions about them."""

from django.urls import path

from evaluations.web import study_health, study_raters

STUDY = "manage/studies/<slug:slug>/"

urlpatterns = [
    path(STUDY, study_health.show_health, name="study-health"),
    path(f"{STUDY}raters/", study_raters.list_raters, name="study-raters"),
    path(f"{STUDY}raters/<slug:code>/", study_raters.show_rater, name="study-rater"),
    path(f"{STUDY}raters/<slug:code>/decide/", study_raters.decide, name="study-rater-decide"),
]
