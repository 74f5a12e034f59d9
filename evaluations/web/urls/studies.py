"""A study from its draft to its close, for staff."""

from django.urls import path

from evaluations.web import manage, openings

urlpatterns = [
    path("manage/", manage.show_manage, name="manage"),
    path("manage/studies/new/", openings.open_study, name="study-open"),
    path("manage/studies/<slug:slug>/close/", openings.close, name="study-close"),
    path("manage/studies/<slug:slug>/settings/", manage.show_manage, name="study-settings"),
]
