from django.urls import path

from exports import views

app_name = "exports"

urlpatterns = [
    path("exports/", views.export_list, name="export_list"),
    path("exports/roster/", views.roster, name="roster"),
    path("exports/coverage/", views.coverage, name="coverage"),
    path("exports/signatures/", views.signatures, name="signatures"),
    path("exports/<int:pk>/file/", views.download, name="download"),
]
