from django.urls import path

from institutions import views

app_name = "institutions"

urlpatterns = [
    path("my-data/", views.correction_new, name="correction_new"),
    path("corrections/", views.correction_list, name="correction_list"),
    path("corrections/<int:pk>/", views.correction_answer, name="correction_answer"),
    path("record/", views.audit_list, name="audit_list"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/resume/", views.job_resume, name="job_resume"),
]
