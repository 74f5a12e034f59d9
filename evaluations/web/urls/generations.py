"""Models, providers, and responses asked from them."""

from django.urls import path

from evaluations.web import generations, models, providers

urlpatterns = [
    path("manage/models/", models.list_models, name="models"),
    path("manage/models/new/", models.add_model, name="model-new"),
    path("manage/models/<slug:slug>/", models.show_model, name="model"),
    path("manage/models/<slug:slug>/edit/", models.edit_model, name="model-edit"),
    path("manage/models/<slug:slug>/delete/", models.delete_model, name="model-delete"),
    path("manage/providers/", providers.list_providers, name="providers"),
    path("manage/providers/new/", providers.add_provider, name="provider-new"),
    path("manage/providers/<slug:slug>/", providers.edit_provider, name="provider"),
    path("manage/providers/<slug:slug>/key/remove/", providers.remove_key, name="provider-key-remove"),
    path("manage/providers/<slug:slug>/try/", providers.try_provider, name="provider-try"),
    path("manage/generations/", generations.list_generations, name="generations"),
    path("manage/generations/new/", generations.start_generation, name="generation-new"),
    path("manage/generations/<slug:token>/", generations.show_generation, name="generation"),
    path("manage/generations/<slug:token>/cancel/", generations.cancel_generation, name="generation-cancel"),
    path("manage/generations/<slug:token>/resume/", generations.resume_generation, name="generation-resume"),
    path("manage/generations/<slug:token>/decide/", generations.decide_findings, name="generation-decide"),
    path(
        "manage/generations/<slug:token>/publish/", generations.publish_generation, name="generation-publish"
    ),
]
