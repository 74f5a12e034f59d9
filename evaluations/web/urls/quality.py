"""A study's health, its raters, and decisions about them."""

from django.urls import path

from evaluations.web import manage

urlpatterns = [
    path("manage/studies/<slug:slug>/", manage.show_manage, name="study-health"),
    path("manage/studies/<slug:slug>/raters/", manage.show_manage, name="study-raters"),
]
