from django.urls import path

from institutions import import_views, transfer_views, views

app_name = "institutions"

urlpatterns = [
    path("my-data/", views.correction_new, name="correction_new"),
    path("corrections/", views.correction_list, name="correction_list"),
    path("corrections/<int:pk>/", views.correction_answer, name="correction_answer"),
    path("imports/", import_views.import_list, name="import_list"),
    path("imports/template.xlsx", import_views.import_template, name="import_template"),
    path("imports/people.xlsx", import_views.people_export, name="people_export"),
    path("imports/<int:pk>/", import_views.import_detail, name="import"),
    path("imports/<int:pk>/undo/", import_views.import_undo, name="import_undo"),
    path("imports/<int:pk>/rows.xlsx", import_views.import_rows, name="import_rows"),
    path("transfers/", transfer_views.transfer_list, name="transfer_list"),
    path("transfers/<int:pk>/", transfer_views.transfer_answer, name="transfer_answer"),
    path("record/", views.audit_list, name="audit_list"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/resume/", views.job_resume, name="job_resume"),
]
