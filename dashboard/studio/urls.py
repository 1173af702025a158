from django.urls import path

from dashboard.studio import job_views, views

urlpatterns = [
    path("generate/", views.generate, name="generate"),
    path("generate/tray/", views.tray, name="tray"),
    path("jobs/<str:job_id>/card/", job_views.job_card, name="job_card"),
    path("jobs/<str:job_id>/cancel/", job_views.cancel_job, name="cancel_job"),
    path("jobs/<str:job_id>/retry/", job_views.retry_job, name="retry_job"),
    path("jobs/<str:job_id>/resolve/", job_views.resolve_job, name="resolve_job"),
]
