"""Files of a study's votes."""

from django.urls import path

from evaluations.web import manage

urlpatterns = [
    path("manage/studies/<slug:slug>/exports/", manage.show_manage, name="study-exports"),
]
