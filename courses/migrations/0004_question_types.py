"""Questions of eight types: what a version holds, how an answer is kept, marks with parts."""

from django.db import migrations, models
from django.db.models import F

import courses.question_types
from institutions import frozen

TYPES = courses.question_types.Type.choices


def keep_earlier_rows(apps, schema_editor):
    """Answers as JSON, points of earlier marks, languages of earlier versions."""
    alias = schema_editor.connection.alias
    answers = apps.get_model("courses", "AttemptQuestion").objects.using(alias)
    for option_id in answers.exclude(given="").values_list("given", flat=True).distinct():
        answers.filter(given=option_id).update(answer=option_id)
    with frozen.lifted(alias):
        apps.get_model("courses", "AttemptMark").objects.using(alias).update(points=F("right"))
        for version in apps.get_model("courses", "QuestionVersion").objects.using(alias).iterator():
            found = courses.question_types.languages(version)
            version.languages = f",{','.join(found)}," if found else ""
            version.save(update_fields=["languages"])


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_sessions_and_prior_learning")]

    operations = [
        migrations.AddField(
            "attemptmark",
            "points",
            models.DecimalField(
                default=0, max_digits=6, decimal_places=2, help_text="With the parts of those partly right"
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            "attemptmark", "right", models.PositiveSmallIntegerField(help_text="Questions answered wholly right")
        ),
        migrations.AddField(
            "questionversion",
            "details",
            models.JSONField(default=dict, blank=True, help_text="What to match to, the steps of a scenario"),
        ),
        migrations.AddField(
            "questionversion",
            "feedback",
            models.JSONField(default=dict, blank=True, help_text="language → text, read at the end by everybody"),
        ),
        migrations.AddField(
            "questionversion",
            "languages",
            models.CharField(default="", max_length=80, blank=True, editable=False),
            preserve_default=False,
        ),
        migrations.AlterField(
            "question",
            "competence",
            models.CharField(
                blank=True,
                choices=[("identify", "Identify"), ("refer", "Refer"), ("report", "Report"), ("respond", "Respond")],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "questionversion", "type", models.CharField(choices=TYPES, default="single", max_length=10)
        ),
        migrations.RenameField("attemptquestion", "answer", "given"),
        migrations.AddField(
            "attemptquestion",
            "answer",
            models.JSONField(default=str, blank=True, help_text='As courses/answers.py has it; "" is none'),
        ),
        migrations.RunPython(keep_earlier_rows, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("attemptquestion", "given"),
    ]
