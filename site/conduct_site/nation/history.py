"""Lets the stories happen: each act of every person through the product's bulk actions, wave by wave."""

from collections import defaultdict
from datetime import timedelta
from random import Random

from django.utils import timezone

from certification.actions import change_certificate, exempt_person, requirements_binding
from certification.bulk import Renewal, open_many_renewals
from certification.models import Certificate
from conduct_codes.bulk import Editions, Signature, sign_editions
from conduct_codes.models import EditionText, SignRequest
from conduct_site.nation.answering import wrong_answer
from conduct_site.nation.stories import LESSON_MINUTES, QUIZ_MINUTES
from courses.bulk import LessonRead, QuizTaken, read_lessons, take_quizzes
from courses.models import Enrolment, Lesson
from courses.review import right_answer
from institutions.bulk import NewAccount, NewPerson, NewPost, add_people, open_accounts, open_posts

REASONS = {"suspended": "ព្យួរជាបណ្តោះអាសន្ន ក្នុងពេលពិនិត្យ", "revoked": "តាមសេចក្តីសម្រេចចុងក្រោយ"}
EXEMPTION = "ច្បាប់សម្រាកលំហែមាតុភាព ឬការសិក្សារយៈពេលវែង"


def register(lives):
    """Enter people with their posts and, where their story asks for one, an account; lives are (figure, story)."""
    people = add_people(
        NewPerson(
            name=figure.name,
            name_latin=figure.name_latin,
            sex=figure.sex,
            birth_date=figure.birth_date,
            at=story.registered_at,
        )
        for figure, story in lives
    )
    for (figure, _story), person in zip(lives, people, strict=True):
        figure.person = person
    figure_posts = [
        (
            figure,
            NewPost(
                person=figure.person,
                institution=place,
                position=position,
                staff_number=figure.staff_number if place.path[:4] == figure.institution.path[:4] else "",
                rank=figure.rank,
                starts_on=figure.serves_since,
                at=story.registered_at,
            ),
        )
        for figure, story in lives
        for place, position in [(figure.institution, figure.position), *([figure.second] if figure.second else [])]
    ]
    posts = open_posts(post for _figure, post in figure_posts)
    for (figure, _new), post in zip(figure_posts, posts, strict=True):
        figure.posts.append(post)
    open_accounts(
        NewAccount(person=figure.person, username=figure.staff_number, at=story.registered_at)
        for figure, story in lives
        if story.needs_account
    )


class History:
    """Performs acts for a batch of people at a time; rng draws the questions and the wrong answers."""

    def __init__(self, rng, changer):
        self.rng, self.changer = rng, changer
        self.editions = Editions()
        self.texts = {
            (text.edition_id, text.language): text.sha256 for text in EditionText.objects.order_by("revision")
        }
        self.lessons = Lesson.objects.in_bulk()

    def live(self, lives):
        """Every act of everyone in the batch, the first acts of all together, then the second ones, and so on."""
        longest = max((len(story.acts) for _figure, story in lives), default=0)
        for number in range(longest):
            wave = defaultdict(list)
            for figure, story in lives:
                if number < len(story.acts):
                    act = story.acts[number]
                    wave[type(act)].append((figure.person, act))
            for kind, acts in wave.items():
                getattr(self, f"_{kind.__name__.lower()}")(acts)

    def _learn(self, acts):
        enrolments = _first_of(acts, Enrolment.objects.filter(trained_on=None))
        reads = []
        for person, act in acts:
            enrolment = enrolments.get(person.pk)
            if enrolment is None:
                continue
            for number, lesson_id in enumerate(enrolment.lesson_ids[: act.lessons]):
                opened_at = act.at + timedelta(minutes=number * LESSON_MINUTES)
                reads.append(
                    LessonRead(
                        enrolment=enrolment,
                        lesson=self.lessons[lesson_id],
                        opened_at=opened_at,
                        completed_at=opened_at + timedelta(minutes=LESSON_MINUTES - 1),
                        by=person.user,
                    )
                )
        read_lessons(reads)

    def _try(self, acts):
        ready = Enrolment.objects.filter(trained_on__isnull=False, passed_on=None)
        enrolments = _first_of(acts, ready)
        take_quizzes(
            QuizTaken(
                enrolment=enrolments[person.pk],
                opened_at=act.at,
                closed_at=act.at + timedelta(minutes=QUIZ_MINUTES),
                rng=(rng := Random(self.rng.random())),
                answer=_Answers(act, rng),
                by=person.user,
            )
            for person, act in acts
            if person.pk in enrolments
        )

    def _sign(self, acts):
        """Sign every request that is open on the day of the act."""
        at = {person.pk: act.at for person, act in acts}
        users = {person.pk: person.user for person, _act in acts}
        requests = SignRequest.objects.filter(person__in=at, sign_off__isnull=True)
        signatures = []
        for request in requests.select_related("person", "edition").order_by("due_on", "pk"):
            moment = at[request.person_id]
            day = timezone.localdate(moment)
            edition = self.editions.in_force_on(request.edition.code_id, day)
            if request.asked_on > day or edition is None or edition.chain_id != request.edition.chain_id:
                continue
            request.person.user = users[request.person_id]
            text = self.texts[edition.pk, "en" if request.person.birth_date.toordinal() % 12 == 0 else "km"]
            signatures.append(Signature(request=request, text_sha256=text, at=moment, by=request.person.user))
        sign_editions(signatures)

    def _renew(self, acts):
        open_many_renewals(Renewal(person=person, day=timezone.localdate(act.at), at=act.at) for person, act in acts)

    def _change(self, acts):
        for person, act in acts:
            certificate = Certificate.objects.of(person).order_by("issued_on", "pk").last()
            change_certificate(
                certificate=certificate, kind=act.kind, reason=REASONS[act.kind], at=act.at, by=self.changer
            )

    def _exempt(self, acts):
        for person, act in acts:
            for requirement in requirements_binding(person, act.starts_on):
                exempt_person(
                    person=person,
                    requirement=requirement,
                    starts_on=act.starts_on,
                    ends_on=act.ends_on,
                    reason=EXEMPTION,
                    at=act.at,
                    by=self.changer,
                )


def _first_of(acts, enrolments):
    """Person id → the first of these enrolments in the order of the courses."""
    people = {person.pk for person, _act in acts}
    found = {}
    for enrolment in enrolments.filter(person__in=people).order_by("course__order", "cycle"):
        found.setdefault(enrolment.person_id, enrolment)
    return found


class _Answers:
    """Answers the questions of one attempt: a few wrong ones in an attempt that passes, more in one that fails."""

    def __init__(self, act, rng):
        self.act, self.rng = act, rng
        wrong = rng.choice([0, 0, 1, 1, 2]) if act.passes else rng.randint(3, 5)
        self.wrong = set(rng.sample(range(1, 11), wrong))

    def __call__(self, row):
        answer = wrong_answer(row, self.rng) if row.position in self.wrong else right_answer(row.version)
        return answer, self.act.at + timedelta(seconds=45 * row.position)
