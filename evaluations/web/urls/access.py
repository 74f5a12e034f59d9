"""Invitations, panels, and the way in for their raters."""

from django.urls import path

from evaluations.web import manage

urlpatterns = [
    path("manage/studies/<slug:slug>/access/", manage.show_manage, name="study-access"),
]
