from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from dashboard.operations.views import health
from generation.pipeline import webhooks

handler429 = "dashboard.accounts.views.too_often"
urlpatterns = [
    path("healthz", health),
    path("hooks/<str:token>", webhooks.receive),
    path("", include("dashboard.accounts.urls")),
    path("", include("dashboard.members.urls")),
    path("", include("dashboard.sign_in.urls")),
    path("", include("dashboard.team_settings.urls")),
    path("", include("dashboard.projects.urls")),
    path("", include("dashboard.presets.urls")),
    path("", include("dashboard.studio.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("v1/", include("dashboard.api.urls")),
    path("", include("dashboard.connections.urls")),
    path("", include("dashboard.files.urls")),
    path("", include("dashboard.audit.urls")),
    path("", include("dashboard.spend.urls")),
    path("", include("dashboard.gallery.urls")),
    path("", include("dashboard.live.urls")),
]
if settings.SANDBOX:
    urlpatterns.append(path("sandbox/", include("generation.sandbox.urls")))
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", include("dashboard.ui.urls")))
