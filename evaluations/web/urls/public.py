from django.urls import path

from evaluations.web import health, home, leaderboards, preferences, studies

urlpatterns = [
    path("", home.show_home, name="home"),
    path("method/", home.show_method, name="method"),
    path("privacy/", home.show_privacy, name="privacy"),
    path("accessibility/", home.show_accessibility, name="accessibility"),
    path("studies/", studies.list_studies, name="studies"),
    path("studies/<slug:slug>/", studies.show_study, name="study"),
    path("leaderboards/", leaderboards.list_leaderboards, name="leaderboards"),
    path("leaderboards/<slug:slug>/", leaderboards.show_leaderboard, name="leaderboard"),
    path("preferences/theme/", preferences.set_theme, name="set-theme"),
    path("preferences/keys/", preferences.set_keys, name="set-keys"),
    path("i18n/setlang/", preferences.choose_language, name="set-language"),
    path("healthz", health.show_alive, name="healthz"),
    path("readyz", health.show_ready, name="readyz"),
]
