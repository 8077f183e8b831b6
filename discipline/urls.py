"""Addresses of discipline officers. All of them are private and carry the page's language."""

from django.urls import path

from discipline.views import cases, opening, steps

app_name = "discipline"

urlpatterns = [
    path("discipline/cases/", cases.case_list, name="case_list"),
    path("discipline/cases/new/", opening.case_new, name="case_new"),
    path("discipline/cases/new/<int:pk>/", opening.case_new_step, {"step": "day"}, name="case_new_day"),
    path("discipline/cases/new/<int:pk>/article/", opening.case_new_step, {"step": "article"}, name="case_new_article"),
    path("discipline/cases/new/<int:pk>/details/", opening.case_new_step, {"step": "details"}, name="case_new_details"),
    path("discipline/cases/new/<int:pk>/check/", opening.case_new_check, name="case_new_check"),
    path("discipline/cases/<slug:reference>/", cases.case, name="case"),
    path("discipline/cases/<slug:reference>/access/", cases.case_access, name="case_access"),
    path("discipline/cases/<slug:reference>/next/", steps.stage_new, name="stage_new"),
    path("discipline/cases/<slug:reference>/next/<slug:kind>/", steps.stage, name="stage"),
    path("discipline/cases/<slug:reference>/referral/", steps.referral_new, name="referral_new"),
]
