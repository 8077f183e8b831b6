"""Loads the demo nation from nothing, stage by stage, each in transactions of well under two seconds."""

import gc
from contextlib import contextmanager
from random import Random
from time import monotonic

from conduct_site.models import DemoMark
from conduct_site.nation import accounts, adoption, pages, places, refusals, reviews, signatures
from conduct_site.nation.cases import Cases
from conduct_site.nation.history import History, register
from conduct_site.nation.moments import Calendar, moment
from conduct_site.nation.movements import Movements
from conduct_site.nation.people import Population
from conduct_site.nation.requirements import load_requirements
from conduct_site.nation.sessions import Sessions
from conduct_site.nation.settling import Settlers
from conduct_site.nation.stories import Teller
from conduct_site.nation.tries import Tries
from institutions.bulk import batches
from institutions.models import Institution, User


@contextmanager
def few_collections():
    """Rows are made and let go by the million, without cycles: looking for some costs a tenth of the load."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class Loading:
    """One load: the same people, seed and day give the same facts, but for secrets such as verification codes."""

    def __init__(self, *, people, seed, today, password, say=lambda text: None):
        self.people, self.seed, self.password, self.say = people, seed, password, say
        self.calendar = Calendar(today)
        self.founded_at = moment(self.calendar.founded_on)

    def run(self, finished_at):
        """Load everything; finished_at is called for the moment that the mark gets at the end."""
        mark = DemoMark.objects.create(pk=1, people=self.people, seed=self.seed)
        with few_collections():
            for name in ("places", "codes", "courses", "lives", "cases", "tries", "sessions", "refusals", "signatures"):
                began = monotonic()
                getattr(self, f"_load_{name}")()
                self.say(f"{name}: {monotonic() - began:.1f} s")
        mark.loaded_at = finished_at()
        mark.save(update_fields=["loaded_at"])

    def _rng(self, name):
        """Chance for one stage: a change in one leaves the others as they were."""
        return Random(f"{self.seed}/{name}")

    def _load_places(self):
        places.load_areas()
        places.load_sectors()
        places.load_institutions(self._rng("places"))
        accounts.open_clerks(self.password, self.founded_at, self.calendar.founded_on)

    def _load_codes(self):
        pages.load_reference()
        self.codes, self.courses = pages.load_site(self.founded_at, self.calendar.yesterday)
        adoption.load_codes(self.codes, self.calendar, self._rng("codes"))
        reviews.load_reviews(self.calendar)

    def _load_courses(self):
        coordinator = Institution.objects.get(code=adoption.COORDINATOR)
        pages.load_courses(self.courses, moment(self.calendar.first_editions_on), coordinator)
        load_requirements(self.calendar.first_editions_on)

    def _load_lives(self):
        population = Population(self.calendar.today, self._rng("people"))
        teller = Teller(self.calendar, self._rng("stories"))
        settlers = Settlers(population, teller, self.calendar, self._rng("settling"))
        history = History(self._rng("history"), changer=User.objects.get(username="owner"))
        movements = Movements(population, self.calendar, self._rng("movements"))
        for lives in batches(settlers.all(self.people)):
            register(lives)
            accounts.open_for_people(lives, self.password)
            history.live(lives)
            movements.happen(lives)

    def _load_tries(self):
        Tries(self.calendar, self._rng("tries")).load()

    def _load_cases(self):
        Cases(self.calendar, self._rng("cases")).load()

    def _load_sessions(self):
        Sessions(self.calendar, self._rng("sessions")).load()

    def _load_refusals(self):
        refusals.load_refusals(self.calendar)

    def _load_signatures(self):
        signatures.load_signatures(self.calendar)
