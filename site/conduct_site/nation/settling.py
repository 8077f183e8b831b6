"""Who settles in the demo nation: how many there are of each kind, and which story each of them gets."""

from datetime import timedelta

from certification.rules import Status
from conduct_site.nation import stories
from conduct_site.nation.accounts import ACCOUNTS
from conduct_site.nation.people import STAFF
from conduct_site.nation.requirements import DUE_DAYS, GRACE_DAYS, TERMS, WINDOW_DAYS, number_of_courses
from conduct_site.nation.signatures import WITHOUT_ACCOUNT
from conduct_site.nation.stories import Terms
from conduct_site.nation.tries import STUCK, TRAINERS_PLACE
from institutions.models import Institution

CERTIFIED = 0.62
TWO_POSTS = 0.03
NEWCOMERS = 0.5
SCHOOL = "school Primary"
SURE_SECTORS = ("education", "national-police", "health")


class Settlers:
    """Makes (figure, story) pairs: the demo accounts, one person for every status word, then as chance will have it."""

    def __init__(self, population, teller, calendar, rng):
        self.population, self.teller, self.calendar, self.rng = population, teller, calendar, rng
        self.lean, self.terms = {}, {}

    def all(self, people):
        """So many lives, one after the other; the first ones belong to the demo accounts."""
        made = 0
        for life in self._first_ones():
            yield life
            made += 1
        for _number in range(made, people):
            yield self.somebody()

    def _first_ones(self):
        for account in ACCOUNTS:
            if account.is_person:
                yield self.account_holder(account)
        for number, status in enumerate(Status):
            yield self.somebody(sector=SURE_SECTORS[number % len(SURE_SECTORS)], status=status)
        for _number in range(STUCK):
            yield self._before_the_quiz()
        for _number in range(WITHOUT_ACCOUNT):
            yield self._without_account()

    def _before_the_quiz(self):
        """A teacher in the trainer's department for whom only the quiz of the sector is left; see tries.py."""
        return self._at_the_school("primary-teacher"), self.teller.before_the_quiz()

    def _without_account(self):
        """A guard of the same school who cannot log in and is asked to sign; see signatures.py."""
        figure = self._at_the_school("school-guard")
        return figure, self.teller.tell(Status.NOT_STARTED, self.terms_of("education", "school-guard"))

    def _at_the_school(self, position):
        """Somebody of one school in the trainer's department, who stays there."""
        top = Institution.objects.get(code=TRAINERS_PLACE)
        place = next(each for each in self.population.places["education"][SCHOOL] if top.path in each.path)
        figure = self.population.invent(sector="education", kind=SCHOOL, position=position, institution=place)
        figure.stays = True
        return figure

    def account_holder(self, account):
        """The invented person behind a demo account, at the place of the account's role or below it."""
        owner = Institution.objects.get(code=account.place)
        sector = next(name for name, facts in self.population.sectors.items() if facts["owner"] == _ministry(account))
        kinds = [name for name, (_share, posts) in STAFF[sector].items() if account.position in posts]
        places = [
            place
            for kind in kinds
            for place in self.population.places[sector][kind]
            if place.path.startswith(owner.path)
        ]
        # A role stands at its own institution, an officer serves somewhere below.
        place = owner if account.role else places[0]
        story = self._long_known(account, sector)
        figure = self.population.invent(
            sector=sector,
            kind=kinds[0],
            position=account.position,
            institution=place,
            number=account.number,
        )
        return figure, story

    def _long_known(self, account, sector):
        """The account's story; whoever has a role has had it for more than a year."""
        while True:
            story = self.teller.tell(account.status, self.terms_of(sector, account.position))
            if not account.role or story.registered_at.date() < self.calendar.today - timedelta(days=400):
                return story

    def somebody(self, sector=None, status=None):
        """Anybody, with a story that fits how well the province and the ministry do."""
        figure = self.population.invent(sector=sector)
        status = status or self._status_for(figure)
        story = self.teller.tell(status, self.terms_of(figure.sector, figure.position.slug))
        if status in (Status.NOT_STARTED, Status.IN_PROGRESS) and self.rng.random() < NEWCOMERS:
            figure.serves_since = story.registered_at.date()
        if self.rng.random() < TWO_POSTS:
            figure.second = self._second_post(figure)
        return figure, story

    def _second_post(self, figure):
        """Another place of the same kind, or for some teachers a duty at the pagoda, under another code."""
        if figure.sector == "education" and self.rng.random() < 0.4:
            pagoda = self.rng.choice(self.population.places["religious"]["pagoda"])
            return pagoda, self.population.positions["religious", "lay-teacher"]
        place = self.population.another_place(figure)
        return (place, figure.position) if place else ()

    def _status_for(self, figure):
        part = CERTIFIED + self._lean_of("province", figure.province, 0.2) + self._lean_of("sector", figure.sector, 0.1)
        shares = stories.shares(min(max(part, 0.15), 0.93))
        return self.rng.choices(list(shares), weights=list(shares.values()))[0]

    def _lean_of(self, what, name, most):
        """How much better or worse a province or sector does than the rest; the same for all of its people."""
        if (what, name) not in self.lean:
            self.lean[what, name] = self.rng.uniform(-most, most)
        return self.lean[what, name]

    def terms_of(self, sector, position):
        """The terms of the requirement that holds for the position in the sector."""
        if (sector, position) not in self.terms:
            self.terms[sector, position] = self._read_terms(sector, position)
        return self.terms[sector, position]

    def _read_terms(self, sector, position):
        return Terms(
            months=TERMS[sector][1],
            window_days=WINDOW_DAYS,
            grace_days=GRACE_DAYS,
            due_days=DUE_DAYS,
            courses=number_of_courses(sector, position),
            new_edition_on=self.calendar.second_editions_on if sector in ("education", "national-police") else None,
        )


def _ministry(account):
    return account.place.split("-")[0]
