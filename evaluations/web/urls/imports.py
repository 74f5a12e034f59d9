"""Files that come in, and the prompt sets that they make."""

from django.urls import path

from evaluations.web import findings, imports, mappings, prompt_sets

urlpatterns = [
    path("manage/imports/", imports.list_imports, name="imports"),
    path("manage/imports/new/", imports.start_import, name="imports-new"),
    path("manage/imports/<slug:token>/", imports.show_import, name="import"),
    path("manage/imports/<slug:token>/confirm/", imports.confirm_import, name="import-confirm"),
    path("manage/imports/<slug:token>/check/", imports.check_again, name="import-check"),
    path("manage/imports/<slug:token>/discard/", imports.discard_import, name="import-discard"),
    path("manage/imports/<slug:token>/columns/", mappings.map_columns, name="import-columns"),
    path("manage/imports/<slug:token>/findings/", findings.list_import_findings, name="import-findings"),
    path(
        "manage/imports/<slug:token>/findings/decide/",
        findings.decide_import_findings,
        name="import-findings-decide",
    ),
    path("manage/imports/<slug:token>/faults.csv", imports.download_faults, name="import-faults"),
    path("manage/prompt-sets/", prompt_sets.list_prompt_sets, name="prompt-sets"),
    path("manage/prompt-sets/<slug:slug>/<int:version>/", prompt_sets.show_prompt_set, name="prompt-set"),
    path(
        "manage/prompt-sets/<slug:slug>/<int:version>/difference/<int:other>/",
        prompt_sets.compare_prompt_sets,
        name="prompt-set-difference",
    ),
]
