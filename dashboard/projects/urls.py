from django.urls import path

from dashboard.projects import project_views, views

urlpatterns = [
    path("products/", views.products, name="products"),
    path("products/upload/", views.upload, name="upload_products"),
    path("products/<str:product_id>/", views.product, name="product"),
    path("products/<str:product_id>/archive/", views.put_away, name="archive_product"),
    path("projects/", project_views.projects, name="projects"),
    path("projects/new/", project_views.new_project, name="new_project"),
    path("projects/<str:project_id>/", project_views.project, name="project"),
    path("projects/<str:project_id>/edit/", project_views.edit_project, name="edit_project"),
    path("projects/<str:project_id>/archive/", project_views.put_away_project, name="archive_project"),
]
