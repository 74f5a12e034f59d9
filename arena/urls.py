from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from evaluations.web import (
    battles,
    health,
    home,
    imports,
    leaderboards,
    manage,
    openings,
    preferences,
    raters,
    studies,
)

urlpatterns = [
    path("", home.show_home, name="home"),
    path("method/", home.show_method, name="method"),
    path("data/", home.show_data, name="data"),
    path("privacy/", home.show_privacy, name="privacy"),
    path("accessibility/", home.show_accessibility, name="accessibility"),
    path("studies/", studies.list_studies, name="studies"),
    path("studies/<slug:slug>/", studies.show_study, name="study"),
    path("studies/<slug:slug>/consent/", raters.agree_to_study, name="consent"),
    path("studies/<slug:slug>/rate/", battles.rate_study, name="rate"),
    path("battles/<str:token>/", battles.show_battle, name="battle"),
    path("battles/<str:token>/vote/", battles.cast_vote, name="vote"),
    path("battles/<str:token>/skip/", battles.skip_battle, name="skip"),
    path("battles/<str:token>/undo/", battles.undo_vote, name="undo"),
    path("battles/<str:token>/reveal/", battles.reveal_models, name="reveal"),
    path("leaderboards/", leaderboards.list_leaderboards, name="leaderboards"),
    path("leaderboards/<slug:slug>/", leaderboards.show_leaderboard, name="leaderboard"),
    path("manage/", manage.show_manage, name="manage"),
    path("manage/sign-in/", LoginView.as_view(template_name="registration/sign_in.html"), name="sign-in"),
    path("manage/sign-out/", LogoutView.as_view(), name="sign-out"),
    path("manage/studies/new/", openings.open_study, name="study-open"),
    path("manage/studies/<slug:slug>/close/", openings.close, name="study-close"),
    path("manage/imports/", imports.list_imports, name="imports"),
    path("manage/imports/new/", imports.start_import, name="imports-new"),
    path("manage/imports/<str:token>/", imports.show_import, name="import"),
    path("manage/imports/<str:token>/confirm/", imports.confirm_import, name="import-confirm"),
    path("manage/imports/<str:token>/faults.csv", imports.download_faults, name="import-faults"),
    path("preferences/theme/", preferences.set_theme, name="set-theme"),
    path("i18n/setlang/", set_language, name="set-language"),
    path("api/", include("evaluations.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.show_alive, name="healthz"),
    path("readyz", health.show_ready, name="readyz"),
]
