"""Where a person learns; the public words of courses are Wagtail pages and need no entry here."""

from django.urls import path

from courses import quiz_views, regrade_views, trainer_views, views

app_name = "courses"

urlpatterns = [
    path("learn/", views.learning, name="learning"),
    path("learn/<int:pk>/<slug:slug>/", views.lesson, name="lesson"),
    path("quiz/<int:pk>/", quiz_views.quiz, name="quiz"),
    path("quiz/<int:pk>/<int:position>/", quiz_views.quiz_question, name="quiz_question"),
    path("quiz/<int:pk>/check/", quiz_views.quiz_check, name="quiz_check"),
    path("quiz/results/<int:pk>/", quiz_views.quiz_result, name="quiz_result"),
    path("tries/", trainer_views.tries, name="tries"),
    path("tries/<int:pk>/", trainer_views.override_new, name="override_new"),
    path("regrade/", regrade_views.regrade_list, name="regrade_list"),
    path("regrade/<int:pk>/", regrade_views.regrade, name="regrade"),
]
