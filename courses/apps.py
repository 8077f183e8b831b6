from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "courses.finish_attempt": _("Quiz handed in"),
    "courses.grant_override": _("More tries or time given for a quiz"),
    "courses.regrade": _("Quiz marked again"),
    "courses.plan_session": _("Session planned"),
    "courses.cancel_session": _("Session called off"),
    "courses.free_seat": _("Place in a session freed"),
    "courses.close_roll": _("Roll of a session closed"),
    "courses.claim_prior": _("Evidence of earlier learning brought in"),
    "courses.decide_prior": _("Evidence of earlier learning decided on"),
    "courses.write_question": _("Question written"),
    "courses.retire_question": _("Question retired"),
    "courses.return_question": _("Question taken back into use"),
    "courses.import_questions": _("Questions imported"),
    "courses.create_course": _("Course created"),
    "courses.add_lesson": _("Lesson added"),
    "courses.move_lesson": _("Order of lessons changed"),
    "courses.change_lesson": _("Lesson changed"),
    "courses.retire_course": _("Course retired"),
    "courses.open_section": _("Pages of a course opened to its editors"),
    "courses.set_rules": _("Order and prerequisites of a course set"),
    "courses.print_key": _("Right answers of a quiz printed"),
    "courses.print_transcript": _("Transcript of a person printed"),
    "courses.accept_package": _("Package taken in for a lesson"),
    "courses.withdraw_package": _("Package of a lesson withdrawn"),
}


class CoursesConfig(AppConfig):
    name = "courses"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Courses")

    def ready(self):
        from wagtail.permissions import register_permission_policy

        from courses import models, quiz_admin, signal_handlers, tasks, tree_handlers
        from institutions import audit, frozen

        frozen.register(models.QuestionVersion)
        frozen.register(models.AttemptMark)
        frozen.register(models.AttemptOverride)
        frozen.register(models.LateAnswer)
        frozen.register(models.OfflineAnswer)
        frozen.register(models.CourseRetirement)
        frozen.register(models.ScormPackage, allow_update_of=["withdrawn_at"])
        tasks.register()
        signal_handlers.connect()
        tree_handlers.connect()
        register_permission_policy(models.Quiz, quiz_admin.SectionPolicy(models.Quiz))
        frozen.register(models.RollEntry)
        frozen.register(models.PriorLearning)
        frozen.register(models.PriorLearningDecision)
        audit.name_verbs(VERBS)
