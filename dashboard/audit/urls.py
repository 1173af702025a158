from django.urls import path

from dashboard.audit import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/log.csv", views.audit_csv, name="audit_csv"),
    path("audit/log.jsonl", views.audit_json_lines, name="audit_json_lines"),
    path("audit/head.json", views.audit_head, name="audit_head"),
    path("audit/verify.py", views.audit_verifier, name="audit_verifier"),
    path("audit/<int:sequence>/", views.audit_event, name="audit_event"),
]
