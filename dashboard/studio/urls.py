from django.urls import path

from dashboard.studio import batch_list, batch_views, job_views, tray, views

urlpatterns = [
    path("generate/", views.generate, name="generate"),
    path("generate/tray/", tray.tray, name="tray"),
    path("generate/quote/", views.live_quote, name="live_quote"),
    path("jobs/<str:job_id>/again/", views.make_again, name="make_again"),
    path("batches/", batch_list.batches, name="batches"),
    path("batches/<slug:batch_id>/", batch_views.batch, name="batch"),
    path("batches/<slug:batch_id>/now/", batch_views.batch_now, name="batch_now"),
    path("batches/<slug:batch_id>/retry/", batch_views.retry_batch, name="retry_batch"),
    path("batches/<slug:batch_id>/cancel/", batch_views.cancel_batch, name="cancel_batch"),
    path("batches/<slug:batch_id>/jobs.csv", batch_views.batch_csv_file, name="batch_csv"),
    path("jobs/<str:job_id>/card/", job_views.job_card, name="job_card"),
    path("jobs/<str:job_id>/cancel/", job_views.cancel_job, name="cancel_job"),
    path("jobs/<str:job_id>/retry/", job_views.retry_job, name="retry_job"),
    path("jobs/<str:job_id>/resolve/", job_views.resolve_job, name="resolve_job"),
    path("jobs/<str:job_id>/assign/", job_views.assign_job, name="assign_job"),
]
