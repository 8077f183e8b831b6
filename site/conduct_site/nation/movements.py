"""What goes on beside the learning: duties given, people who leave or move, and data said to be wrong."""

from datetime import timedelta

from django.db import transaction

from conduct_site.nation.accounts import ACCOUNTS
from conduct_site.nation.moments import moment, working_day
from institutions.actions import answer_correction, designate_person, end_post, open_post, request_correction
from institutions.bulk import batches
from institutions.models import CorrectionAnswer, CorrectionRequest, Designation, Post, User

LEAVE, MOVE = 0.02, 0.015
RETIRES_AT = 54
OTHERWISE = (Post.EndReason.RESIGNED, Post.EndReason.LEAVE, Post.EndReason.OTHER)
ACTING_DAYS = 75
HEAD = "principal"
DESIGNATED = 0.6
OURS = ("moeys-06", "moh-06")
ON_OFFER = (
    (CorrectionRequest.Field.NAME, "សូមកែអក្ខរាវិរុទ្ធនៃនាមត្រកូលរបស់ខ្ញុំ តាមអត្តសញ្ញាណប័ណ្ណ។"),
    (CorrectionRequest.Field.POST, "ខ្ញុំបានផ្លាស់ទៅអង្គភាពថ្មីតាំងពីខែមុន។"),
    (CorrectionRequest.Field.SEX_OR_BIRTH, "ថ្ងៃខែឆ្នាំកំណើតរបស់ខ្ញុំមិនត្រឹមត្រូវទេ។"),
    (CorrectionRequest.Field.STAFF_NUMBER, "អត្តលេខរបស់ខ្ញុំខុសលេខចុងក្រោយ។"),
)
ANSWER = "បានពិនិត្យ និងកែតាមឯកសារដើមរួចហើយ។"


class Movements:
    """Moves and marks people of a batch after their stories have happened; every choice comes from rng."""

    def __init__(self, population, calendar, rng):
        self.population, self.calendar, self.rng = population, calendar, rng
        self.designated = set()
        self.kept = {account.username for account in ACCOUNTS}
        self.wrong = list(ON_OFFER)
        self.has_acting_head = self.has_retired = False

    def happen(self, lives):
        """Everything of a hundred people in one transaction: single actions, each of which would wait for the disk."""
        for some in batches(lives, 100):
            with transaction.atomic():
                for figure, story in some:
                    self._happen_to(figure, story)

    def _happen_to(self, figure, story):
        self._designate(figure, story)
        if figure.staff_number in self.kept or figure.stays:
            return
        self._correct(figure, story)
        chance = self.rng.random()
        if not self._act(figure) and (chance < LEAVE + MOVE or self._retires(figure)):
            self._end(figure, story, moves=chance < MOVE)

    def _designate(self, figure, story):
        kind = self._duty_of(figure)
        if kind:
            designate_person(
                person=figure.person,
                institution=figure.institution,
                kind=kind,
                starts_on=max(figure.serves_since, self.calendar.people_from),
                at=story.registered_at,
                by=None,
            )

    def _duty_of(self, figure):
        position, place = figure.position.slug, figure.institution
        if position == "child-labour-inspector":
            return Designation.Kind.CHILD_LABOUR_INSPECTOR
        if figure.sector == "national-police" and figure.sex == "F" and place.kind in ("station", "district-office"):
            return Designation.Kind.CHILD_INTERVIEWER
        teaches = figure.sector == "education" and position.endswith("-teacher")
        if teaches and place.pk not in self.designated and self.rng.random() < DESIGNATED:
            self.designated.add(place.pk)
            return Designation.Kind.DESIGNATED_TEACHER
        return None

    def _act(self, figure):
        """One teacher of a demo HR unit acts as head of their school, beside their own post; True of who does."""
        starts_on = working_day(self.calendar.today - timedelta(days=ACTING_DAYS))
        teaches = figure.position.slug.endswith("-teacher") and figure.institution.code.startswith(OURS)
        if self.has_acting_head or not teaches or figure.serves_since >= starts_on:
            return False
        self.has_acting_head = True
        open_post(
            person=figure.person,
            institution=figure.institution,
            position=self.population.positions[figure.sector, HEAD],
            starts_on=starts_on,
            staff_number=figure.staff_number,
            rank=figure.rank,
            basis=Post.Basis.ACTING,
            at=moment(starts_on),
            by=None,
        )
        return True

    def _retires(self, figure):
        """True of those of the demo HR units who are old enough, until one of them has gone."""
        return self._is_old(figure) and not self.has_retired and figure.institution.code.startswith(OURS)

    def _end(self, figure, story, moves):
        """The post ends after all that happened in it; who moves goes on at a place of the same kind."""
        last = max((act.at for act in story.acts), default=story.registered_at).date()
        if (self.calendar.yesterday - last).days < 5:
            return
        days = self.rng.randint(1, (self.calendar.yesterday - last).days - 1)
        ends_on = working_day(last + timedelta(days=days))
        if ends_on <= last:
            return
        at, post = moment(ends_on), figure.posts[0]
        place = self.population.another_place(figure) if moves else None
        if place and place.pk in {held.institution_id for held in figure.posts}:
            place = None
        reason = Post.EndReason.TRANSFER if place else self._why(figure)
        self.has_retired = self.has_retired or self._retires(figure)
        end_post(post=post, ends_on=ends_on, at=at, by=None, reason=reason)
        if place:
            open_post(
                person=figure.person,
                institution=place,
                position=figure.position,
                starts_on=ends_on + timedelta(days=1),
                staff_number=figure.staff_number,
                rank=figure.rank,
                at=at,
                by=None,
            )

    def _is_old(self, figure):
        return (self.calendar.today - figure.birth_date).days >= RETIRES_AT * 365

    def _why(self, figure):
        if self._is_old(figure):
            return Post.EndReason.RETIRED
        return OTHERWISE[int(figure.staff_number) % len(OTHERWISE)]

    def _correct(self, figure, story):
        """A few people of the two demo HR units say that something about them is wrong; the last is answered."""
        ours = figure.institution.code.startswith(OURS)
        if not (self.wrong and ours and figure.person.user and story.acts):
            return
        field, message = self.wrong.pop()
        at = moment(working_day(self.calendar.today - timedelta(days=self.rng.randint(3, 20))))
        request = request_correction(person=figure.person, field=field, message=message, at=at, by=figure.person.user)
        if not self.wrong:
            answer_correction(
                request=request,
                outcome=CorrectionAnswer.Outcome.CORRECTED,
                message=ANSWER,
                at=moment(self.calendar.yesterday),
                by=User.objects.get(username="2200002" if figure.sector == "education" else "4400002"),
            )
