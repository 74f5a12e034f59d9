from django.urls import path

from evaluations.web import imports

urlpatterns = [
    path("manage/imports/", imports.list_imports, name="imports"),
    path("manage/imports/new/", imports.start_import, name="imports-new"),
    path("manage/imports/<str:token>/", imports.show_import, name="import"),
    path("manage/imports/<str:token>/confirm/", imports.confirm_import, name="import-confirm"),
    path("manage/imports/<str:token>/faults.csv", imports.download_faults, name="import-faults"),
]
