"""A few allegations at different stages, taken through the actions of discipline."""

from datetime import timedelta

from certification.models import Certificate
from conduct_codes.models import Article, ArticleMeasure, Edition
from conduct_site.nation import content
from conduct_site.nation.accounts import discipline_officers
from conduct_site.nation.moments import moment, working_day
from discipline import actions as discipline
from discipline.models import StageKind
from institutions.models import Institution, Post


class Cases:
    """Opens each case against somebody of the ministry who was certified when it is said to have happened."""

    def __init__(self, calendar, rng):
        self.calendar, self.rng = calendar, rng
        self.accused = set()

    def load(self):
        for facts in content.read("cases.yaml"):
            self._load(facts)

    def _day(self, days_ago):
        day = self.calendar.today - timedelta(days=days_ago)
        return min(working_day(day), self.calendar.yesterday) if days_ago >= 0 else day

    def _load(self, facts):
        handler, second = discipline_officers(facts["ministry"])
        ministry = Institution.objects.get(code=facts["ministry"])
        incident_on = self._day(facts["incident"])
        article = Article.objects.filter(
            edition__in=Edition.objects.in_force_on(incident_on).filter(code__owner=ministry), topic=facts["topic"]
        ).first()
        post = self._somebody(ministry, article.edition.code, incident_on)
        if post is None:
            return
        case = discipline.open_case(
            person=post.person,
            article=article,
            institution=post.institution,
            incident_on=incident_on,
            seriousness=facts["seriousness"],
            repetition=facts["repetition"],
            sexual_abuse=facts.get("sexual_abuse", False),
            allegation=facts["allegation"],
            external_reference=facts.get("external_reference", ""),
            at=moment(self._day(facts["opened"])),
            by=handler,
        )
        for referral in facts.get("referrals", ()):
            day = self._day(referral["day"])
            at, reference = moment(day) + timedelta(hours=1), referral["reference"]
            discipline.refer(case=case, body=referral["body"], referred_on=day, reference=reference, at=at, by=handler)
        for step in facts["steps"]:
            self._take(case, step, handler, second)

    def _take(self, case, step, handler, second):
        day = self._day(step["day"])
        common = {"case": case, "on_day": day, "reason": step["reason"], "at": moment(day) + timedelta(hours=2)}
        if step["kind"] == StageKind.DECISION:
            measure = ArticleMeasure.objects.filter(
                article=case.article,
                measure=step.get("measure", ""),
                seriousness=case.seriousness,
                repetition=case.repetition,
            ).first()
            discipline.decide(outcome=step["outcome"], measure=measure, by=handler, **common)
        elif step["kind"] == StageKind.FINAL:
            discipline.finalise(by=second, **common)
        else:
            ends_on = self._day(step["until"]) if "until" in step else None
            discipline.add_stage(kind=step["kind"], ends_on=ends_on, by=handler, **common)

    def _somebody(self, ministry, code, day):
        """A post, held then and now, of somebody of the sector: if there is one, certified before the day and still."""
        today = self.calendar.today
        before = Certificate.objects.latest_on(today).filter(edition__code=code, issued_on__lt=day, events=None)
        posts = (
            Post.objects.serving_on(day)
            .serving_on(today)
            .in_subtree(ministry)
            .filter(sector=code.sector_id, institution__depth__gte=3)
            .exclude(person__in=self.accused)
            .exclude(person__user__roles__isnull=False)
        )
        for held in (before.filter(window_from__gt=today), before):
            found = list(posts.filter(person__in=held.values("person")).order_by("pk"))
            if found:
                post = self.rng.choice(found)
                self.accused.add(post.person_id)
                return post
        return None
