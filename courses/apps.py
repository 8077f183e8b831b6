from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "courses.finish_attempt": _("Quiz handed in"),
}


class CoursesConfig(AppConfig):
    name = "courses"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Courses")

    def ready(self):
        from courses import models
        from institutions import audit, frozen

        frozen.register(models.QuestionVersion)
        frozen.register(models.AttemptMark)
        audit.name_verbs(VERBS)
