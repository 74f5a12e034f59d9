"""Models, providers, and responses asked from them."""

from django.urls import path

from evaluations.web import manage

urlpatterns = [
    path("manage/models/", manage.show_manage, name="models"),
]
