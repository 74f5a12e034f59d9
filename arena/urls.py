from django.contrib import admin
from django.urls import include, path

AREAS = (
    "public",
    "rating",
    "mine",
    "accounts",
    "access",
    "studies",
    "quality",
    "imports",
    "generations",
    "exports",
)

urlpatterns = [
    *[path("", include(f"evaluations.web.urls.{area}")) for area in AREAS],
    path("api/", include("evaluations.api.urls")),
    path("admin/", admin.site.urls),
]
