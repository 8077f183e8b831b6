from django.urls import path, re_path

from institutions import tree_views, views

app_name = "institutions"

urlpatterns = [
    path("my-data/", views.correction_new, name="correction_new"),
    path("corrections/", views.correction_list, name="correction_list"),
    path("corrections/<int:pk>/", views.correction_answer, name="correction_answer"),
    path("record/", views.audit_list, name="audit_list"),
    path("setup/", tree_views.setup, name="setup"),
    path("institutions/", tree_views.tree, name="tree"),
    path("institutions/<slug:code>/", tree_views.tree_institution, name="tree_institution"),
    re_path(
        r"^institutions/(?P<code>[-\w]+)/(?P<change>close|move|merge)/$", tree_views.tree_change, name="tree_change"
    ),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/resume/", views.job_resume, name="job_resume"),
]
