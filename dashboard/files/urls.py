from django.urls import path

from dashboard.files import views

urlpatterns = [path("files/<str:token>", views.file, name="file")]
