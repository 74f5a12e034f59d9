from django.contrib import admin
from django.urls import include, path

AREAS = (
    "public",
    "snapshots",
    "charts",
    "boards",
    "models_compared",
    "data",
    "bundles",
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

handler400 = "arena.failures.show_bad_request"
handler403 = "arena.failures.show_forbidden"
handler404 = "arena.failures.show_not_found"
handler500 = "arena.failures.show_fault"
