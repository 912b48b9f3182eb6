"""Every path of the house; each room lists its own."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from stakazo.core.api.schema_view import SchemaView

admin.site.index_title = "Home"

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("favicon.ico", RedirectView.as_view(url=static("stakazo/icon.svg"))),
    path("admin/", admin.site.urls),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("", include("ledger.api.urls")),
    path("", include("jobs.api.urls")),
    path("", include("media_assets.api.urls")),
    path("", include("publishing.api.urls")),
    path("", include("campaigns.api.urls")),
    path("", include("stakazo.identity.urls")),
    path("", include("stakazo.telemetry.urls")),
    path("", include("stakazo.alerts.urls")),
    path("", include("stakazo.reasoning.urls")),
]

handler400 = "stakazo.core.api.outside.bad_request"
handler403 = "stakazo.core.api.outside.forbidden"
handler404 = "stakazo.core.api.outside.not_found"
handler500 = "stakazo.core.api.outside.server_error"
