"""Registrations in the Wagtail admin: courses, quizzes, banks, packages, and what its views may not do here."""

from wagtail import hooks

from courses import admin_guards, course_rules_views, quiz_admin, viewsets
from courses.scorm.viewset import ScormPackages


@hooks.register("register_admin_viewset")
def register_quizzes():
    return quiz_admin.QuizViewSet("quizzes")


@hooks.register("register_admin_viewset")
def register_question_banks():
    return viewsets.QuestionBanks()


@hooks.register("register_admin_viewset")
def register_kept_courses():
    return viewsets.KeptCourses()


@hooks.register("register_admin_viewset")
def register_course_rules():
    return course_rules_views.CourseRules()


@hooks.register("register_admin_viewset")
def register_scorm_packages():
    return ScormPackages()


hooks.register("before_delete_page", admin_guards.keep_taken_page)
hooks.register("before_bulk_action", admin_guards.keep_taken_pages)
