from django.urls import path

from dashboard.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.styleguide, name="styleguide"),
    path("upload/", views.upload, name="upload"),
    path("<slug:page>/", views.sample, name="sample"),
]
