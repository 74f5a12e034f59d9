"""Files of a study's votes."""

from django.urls import path

from evaluations.web import exports

FOLDER = "manage/studies/<slug:slug>/exports/"

urlpatterns = [
    path(FOLDER, exports.list_exports, name="study-exports"),
    path(f"{FOLDER}codebook/", exports.show_codebook, name="study-codebook"),
    path(f"{FOLDER}codebook.<slug:suffix>", exports.download_codebook, name="study-codebook-file"),
    path(f"{FOLDER}<slug:name>/", exports.download_export, name="study-export"),
]
