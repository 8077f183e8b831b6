"""Where a person learns; the public words of courses are Wagtail pages and need no entry here."""

from django.urls import path

from courses import (
    item_views,
    offline_views,
    pack_views,
    prior_views,
    quiz_views,
    regrade_views,
    roll_views,
    session_views,
    trainer_views,
    transcript_views,
    views,
)
from courses.scorm import play_views

app_name = "courses"

# Files of packages carry no language: nothing of theirs is a page of the site.
plain_urlpatterns = [
    path("package/<str:token>/<path:path>", play_views.package_file, name="package_file"),
]

urlpatterns = [
    path("learn/", views.learning, name="learning"),
    path("learn/<int:pk>/<slug:slug>/", views.lesson, name="lesson"),
    path("learn/offline/", offline_views.offline, name="offline"),
    path("learn/offline/contact/", offline_views.offline_contact, name="offline_contact"),
    path("learn/offline/<int:pk>/", offline_views.offline_copy, name="offline_copy"),
    path("learn/offline/<int:pk>/answers/", offline_views.offline_answers, name="offline_answers"),
    path("learn/<int:pk>/first/<slug:course>/", views.take_first, name="take_first"),
    path("learn/<int:pk>/<slug:slug>/ticks/", views.lesson_ticks, name="lesson_ticks"),
    path("learn/<int:pk>/<slug:slug>/package/", play_views.package, name="package"),
    path("learn/<int:pk>/<slug:slug>/package/state/", play_views.package_state, name="package_state"),
    path("quiz/<int:pk>/", quiz_views.quiz, name="quiz"),
    path("quiz/<int:pk>/<int:position>/", quiz_views.quiz_question, name="quiz_question"),
    path("quiz/<int:pk>/check/", quiz_views.quiz_check, name="quiz_check"),
    path("quiz/results/<int:pk>/", quiz_views.quiz_result, name="quiz_result"),
    path("tries/", trainer_views.tries, name="tries"),
    path("tries/<int:pk>/", trainer_views.override_new, name="override_new"),
    path("regrade/", regrade_views.regrade_list, name="regrade_list"),
    path("regrade/<int:pk>/", regrade_views.regrade, name="regrade"),
    path("questions/", item_views.item_courses, name="item_courses"),
    path("questions/<slug:course>/", item_views.item_list, name="item_list"),
    path("questions/<slug:course>/<int:pk>/", item_views.item, name="item"),
    path("sessions/", session_views.session_list, name="session_list"),
    path("sessions/new/", session_views.session_new, name="session_new"),
    path("sessions/scan/<str:token>/", session_views.session_scan, name="session_scan"),
    path("sessions/<int:pk>/", session_views.session, name="session"),
    path("sessions/<int:pk>/seats/", session_views.session_seats, name="session_seats"),
    path("sessions/<int:pk>/seats/<int:seat>/free/", session_views.session_free, name="session_free"),
    path("sessions/<int:pk>/cancel/", session_views.session_cancel, name="session_cancel"),
    path("sessions/<int:pk>/sheet.pdf", session_views.session_sheet, name="session_sheet"),
    path("sessions/<int:pk>/roll/", session_views.session_roll, name="session_roll"),
    path("sessions/<int:pk>/roll.xlsx", session_views.session_roll_file, name="session_roll_file"),
    path("sessions/<int:pk>/roll/upload/", roll_views.session_roll_upload, name="session_roll_upload"),
    path("sessions/<int:pk>/close/", session_views.session_close, name="session_close"),
    path("prior-learning/", prior_views.prior_list, name="prior_list"),
    path("prior-learning/new/", prior_views.prior_new, name="prior_new"),
    path("prior-learning/<int:pk>/", prior_views.prior, name="prior"),
    path("prior-learning/<int:pk>/evidence/", prior_views.prior_evidence, name="prior_evidence"),
    path("packs/<slug:slug>/", pack_views.pack, name="pack"),
    path("packs/<slug:slug>/questions/", pack_views.pack_with_questions, name="pack_with_questions"),
    path("packs/<slug:slug>/answers/", pack_views.pack_key, name="pack_key"),
    path("transcript/", transcript_views.own_transcript, name="own_transcript"),
    path("transcript/<int:pk>/", transcript_views.transcript, name="transcript"),
]
