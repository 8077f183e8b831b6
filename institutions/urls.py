from django.urls import path

from institutions import merging_views, views

app_name = "institutions"

urlpatterns = [
    path("my-data/", views.correction_new, name="correction_new"),
    path("corrections/", views.correction_list, name="correction_list"),
    path("corrections/<int:pk>/", views.correction_answer, name="correction_answer"),
    path("register/duplicates/", merging_views.duplicate_list, name="duplicate_list"),
    path("register/duplicates/<int:first>/<int:second>/", merging_views.keep_apart, name="keep_apart"),
    path("register/merge/<int:kept>/<int:other>/", merging_views.merge, name="merge"),
    path("register/merges/", merging_views.merge_list, name="merge_list"),
    path("register/merges/<int:pk>/undo/", merging_views.merge_undo, name="merge_undo"),
    path("record/", views.audit_list, name="audit_list"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/resume/", views.job_resume, name="job_resume"),
]
