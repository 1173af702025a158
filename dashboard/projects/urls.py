from django.urls import path

from dashboard.projects import import_views, product_views, project_views, views

urlpatterns = [
    path("products/", views.products, name="products"),
    path("products/upload/", views.upload, name="upload_products"),
    path("products/link/", views.link, name="link_product"),
    path("products/import/", import_views.import_products, name="import_products"),
    path("products/import/<str:import_id>/", import_views.product_import, name="product_import"),
    path("products/import/<str:import_id>/read/", import_views.read_import, name="read_import"),
    path("products/import/<str:import_id>/progress/", import_views.import_progress, name="import_progress"),
    path("products/import/<str:import_id>/start/", import_views.start_import, name="start_import"),
    path("products/import/<str:import_id>/left-out.csv", import_views.left_out_rows, name="left_out_rows"),
    path("products/<str:product_id>/", product_views.product, name="product"),
    path("products/<str:product_id>/photos/", product_views.add_photos, name="add_photos"),
    path("products/<str:product_id>/photos/main/", product_views.choose_main_photo, name="choose_main_photo"),
    path("products/<str:product_id>/photos/remove/", product_views.remove_photo, name="remove_photo"),
    path("products/<str:product_id>/photos/restore/", product_views.restore_photo, name="restore_photo"),
    path("products/<str:product_id>/archive/", product_views.put_away, name="archive_product"),
    path("projects/", project_views.projects, name="projects"),
    path("projects/new/", project_views.new_project, name="new_project"),
    path("projects/<str:project_id>/", project_views.project, name="project"),
    path("projects/<str:project_id>/edit/", project_views.edit_project, name="edit_project"),
    path("projects/<str:project_id>/cover/", project_views.cover, name="project_cover"),
    path("projects/<str:project_id>/archive/", project_views.put_away_project, name="archive_project"),
]
