from django.urls import path

from dashboard.gallery import views

urlpatterns = [
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/count/", views.count, name="gallery_count"),
    path("gallery/new/", views.arrived, name="gallery_new"),
    path("gallery/<slug:picture_id>/", views.picture, name="picture"),
    path("gallery/<slug:picture_id>/download/", views.download, name="picture_download"),
    path("gallery/<slug:picture_id>/review/", views.review_picture, name="review_picture"),
]
