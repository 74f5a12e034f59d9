from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = "Evaluations"

    def ready(self) -> None:
        # Its receivers write sign-ins down; it needs the tables, which are not there before this.
        import_module("evaluations.web.sign_ins")


class ArenaAdminConfig(AdminConfig):
    default_site = "evaluations.web.admin_site.ArenaAdminSite"
