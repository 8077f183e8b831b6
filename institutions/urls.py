from django.urls import path, re_path

from institutions import (
    access_views,
    activation_views,
    client_views,
    import_views,
    merging_views,
    session_views,
    transfer_views,
    tree_views,
    views,
)

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
    path("access/", access_views.access_list, name="access_list"),
    path("access/check/", access_views.access_check, name="access_check"),
    path("access/slips.pdf", access_views.access_slips, name="access_slips"),
    path("access/<int:pk>/", access_views.access_person, name="access_person"),
    path("devices/", session_views.session_list, name="session_list"),
    path("devices/end-others/", session_views.session_end_others, name="session_end_others"),
    path("devices/<int:pk>/end/", session_views.session_end, name="session_end"),
    path("register/duplicates/", merging_views.duplicate_list, name="duplicate_list"),
    path("register/duplicates/<int:first>/<int:second>/", merging_views.keep_apart, name="keep_apart"),
    path("register/merge/<int:kept>/<int:other>/", merging_views.merge, name="merge"),
    path("register/merges/", merging_views.merge_list, name="merge_list"),
    path("register/merges/<int:pk>/undo/", merging_views.merge_undo, name="merge_undo"),
    path("other-systems/", client_views.client_list, name="client_list"),
    path("other-systems/new/", client_views.client_new, name="client_new"),
    path("other-systems/<int:pk>/renew/", client_views.client_renew, name="client_renew"),
    path("other-systems/<int:pk>/revoke/", client_views.client_revoke, name="client_revoke"),
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

# Printed on paper, so without a language and never to change.
plain_urlpatterns = [
    path("activate/", activation_views.activate, name="activate"),
    path("activate/password/", activation_views.activate_password, name="activate_password"),
    path("activate/<str:token>/", activation_views.activate_by_qr, name="activate_by_qr"),
]
