from django.db import models

from courses.models.attempts import Attempt
from courses.offline_rules import Verdict


class OfflineAnswer(models.Model):
    """An answer given without a link, and what the server said to it; sent again, it hears the same."""

    Verdict = Verdict

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="offline_answers")
    client_id = models.UUIDField(help_text="Given by the phone, so that sending twice is sending once")
    copy_id = models.UUIDField(help_text="The saved copy of the attempt in which it was given")
    position = models.PositiveSmallIntegerField()
    answer = models.JSONField(default=str, blank=True, help_text='As courses/answers.py has it; "" if it was none')
    given_at = models.DateTimeField(help_text="By the clock of the phone; decides nothing")
    came_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict)

    class Meta:
        ordering = ["attempt", "came_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["attempt", "client_id"], name="offline_answer_sent_once")]

    def __str__(self):
        return f"offline answer {self.pk}"
