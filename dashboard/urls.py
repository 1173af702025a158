from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from dashboard.operations.views import health

urlpatterns = [
    path("healthz", health),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
if settings.SANDBOX:
    urlpatterns.append(path("sandbox/", include("generation.sandbox.urls")))
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", include("dashboard.ui.urls")))
