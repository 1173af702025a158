from django.urls import path

from dashboard.spend.caps import views as cap_views
from dashboard.spend.ledger import views as ledger_views
from dashboard.spend.overview import views
from dashboard.spend.reconciliation import views as provider_views
from dashboard.spend.what_if import views as whatif_views

urlpatterns = [
    path("spend/", views.spend, name="spend"),
    path("spend/export.csv", views.spend_csv, name="spend_csv"),
    path("spend/caps/", cap_views.caps, name="caps"),
    path("spend/caps/<str:cap_id>/", cap_views.cap, name="cap"),
    path("spend/caps/<str:cap_id>/raise/", cap_views.raise_cap, name="raise_cap"),
    path("spend/caps/<str:cap_id>/raise/end/", cap_views.end_raise, name="end_raise"),
    path("spend/caps/<str:cap_id>/remove/", cap_views.remove_cap, name="remove_cap"),
    path("spend/ledger/", ledger_views.ledger, name="ledger"),
    path("spend/ledger.csv", ledger_views.ledger_csv, name="ledger_csv"),
    path("spend/ledger/adjust/", ledger_views.ledger_adjust, name="ledger_adjust"),
    path("spend/ledger/refund/<str:job_id>/", ledger_views.ledger_refund, name="ledger_refund"),
    path("spend/what-if/", whatif_views.what_if, name="what_if"),
    path("spend/provider/", provider_views.provider, name="reconciliation"),
    path("spend/provider/check/", provider_views.check, name="reconciliation_check"),
    path("spend/provider/<int:reading_id>/settle/", provider_views.settle, name="reconciliation_settle"),
]
