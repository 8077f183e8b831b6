"""Who lives in the demo nation: invented people in real positions, spread over the country."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, count

from conduct_site.nation import content
from institutions.models import Institution, Position

SECTOR_SHARES = {
    "education": 31,
    "national-police": 22,
    "health": 15,
    "tourism": 8,
    "religious": 6,
    "child-welfare": 5,
    "labour": 4,
    "media": 3.5,
    "judicial-police": 3,
    "justice": 2.5,
}
# Where people of the sector work, and in which positions there: kind of institution (and a word of its name, where
# one kind holds several) → its share and the positions with their weights.
STAFF = {
    "education": {
        "school Primary": (
            38,
            {"primary-teacher": 9, "principal": 1, "deputy-principal": 0.7, "librarian": 0.5, "school-guard": 0.5},
        ),
        "school": (44, {"secondary-teacher": 9, "principal": 1, "deputy-principal": 0.7, "librarian": 0.6}),
        "district-office": (12, {"education-officer": 1}),
        "department": (5, {"education-officer": 1}),
        "ministry": (1, {"education-officer": 1}),
    },
    "national-police": {
        "station": (60, {"post-officer": 5, "community-officer": 2, "post-chief": 1, "deputy-post-chief": 1}),
        "district-office": (28, {"traffic-officer": 2, "juvenile-protection-officer": 2, "post-officer": 1}),
        "department": (10, {"juvenile-protection-officer": 2, "traffic-officer": 2, "personnel-officer": 1}),
        "ministry": (2, {"personnel-officer": 1}),
    },
    "health": {
        "health-centre Hospital": (
            25,
            {"doctor": 2, "nurse": 4, "midwife": 2, "laboratory-technician": 1, "pharmacist": 1},
        ),
        "health-centre": (60, {"nurse": 4, "midwife": 3, "centre-chief": 1}),
        "district-office": (8, {"doctor": 1, "nurse": 1}),
        "department": (7, {"doctor": 1, "pharmacist": 1}),
    },
    "tourism": {
        "firm Tour": (25, {"tour-guide": 4, "driver": 2, "firm-manager": 1}),
        "firm": (68, {"receptionist": 3, "housekeeper": 4, "security-guard": 1, "firm-manager": 1, "driver": 1}),
        "department": (7, {"tourism-inspector": 1}),
    },
    "religious": {
        "pagoda Mosque": (15, {"imam": 1}),
        "pagoda Church": (8, {"pastor": 1}),
        "pagoda": (70, {"monk": 4, "lay-teacher": 2, "abbot": 1}),
        "department": (7, {"religious-affairs-officer": 1}),
    },
    "child-welfare": {
        "centre": (35, {"care-worker": 5, "centre-director": 1}),
        "district-office": (25, {"district-welfare-officer": 2, "social-worker": 1}),
        "department": (40, {"social-worker": 3, "case-manager": 2, "care-inspector": 1}),
    },
    "labour": {
        "district-office": (25, {"labour-inspector": 2, "labour-controller": 1}),
        "department": (
            75,
            {
                "labour-inspector": 4,
                "child-labour-inspector": 2,
                "labour-controller": 2,
                "vocational-trainer": 2,
                "labour-disputes-officer": 1,
                "labour-office-chief": 1,
            },
        ),
    },
    "media": {
        "outlet": (85, {"reporter": 4, "camera-operator": 2, "presenter": 2, "online-editor": 1, "editor-in-chief": 1}),
        "department": (15, {"information-officer": 1}),
    },
    "judicial-police": {
        "district-office": (50, {"judicial-police-agent": 3, "district-womens-officer": 2}),
        "department": (
            50,
            {
                "judicial-police-agent": 4,
                "legal-protection-officer": 2,
                "counsellor": 2,
                "gender-office-chief": 1,
                "records-clerk": 1,
            },
        ),
    },
    "justice": {
        "court Prosecution": (30, {"prosecutor": 2, "court-clerk": 1}),
        "court": (60, {"judge": 2, "investigating-judge": 1, "court-clerk": 3, "juvenile-justice-officer": 1}),
        "department": (10, {"court-administrator": 1}),
    },
}
WOMEN = {
    "education": 0.53,
    "national-police": 0.12,
    "health": 0.58,
    "tourism": 0.5,
    "religious": 0.1,
    "child-welfare": 0.5,
    "labour": 0.3,
    "media": 0.35,
    "judicial-police": 0.7,
    "justice": 0.25,
}
MEN_ONLY = {"monk", "abbot", "imam"}
WOMEN_ONLY = {"midwife"}


@dataclass
class Figure:
    """Somebody who is about to enter the register."""

    sector: str
    institution: Institution
    position: Position
    sex: str
    name: str
    name_latin: str
    birth_date: date
    staff_number: str
    rank: str
    serves_since: date
    person: object = None
    second: tuple = ()
    posts: list = field(default_factory=list)
    stays: bool = False

    @property
    def province(self):
        return self.institution.area.province_code if self.institution.area_id else ""


class Population:
    """Invents people; every choice comes from rng, and no staff number or name-and-birthday comes twice."""

    def __init__(self, today, rng):
        self.today, self.rng = today, rng
        self.names = content.read("names.yaml")
        self.sectors = {sector["slug"]: sector for sector in content.read("sectors.yaml")["sectors"]}
        self.positions = {
            (position.sector.slug, position.slug): position for position in Position.objects.select_related("sector")
        }
        self.places = _places()
        self.numbers = defaultdict(lambda: count(101))
        self.known = Counter()

    def invent(self, sector=None, kind=None, position=None, institution=None, number=None, sex=None, since=None):
        """Somebody of the sector; whatever is given is not left to chance."""
        sector = sector or self._weighted(SECTOR_SHARES)
        kind = kind or self._weighted({name: share for name, (share, _posts) in STAFF[sector].items()})
        institution = institution or self.rng.choice(self.places[sector][kind])
        slug = position or self._weighted(STAFF[sector][kind][1])
        sex = sex or self._sex(sector, slug)
        name, name_latin, born = self._name(sex)
        facts = self.sectors[sector]
        return Figure(
            sector=sector,
            institution=institution,
            position=self.positions[sector, slug],
            sex=sex,
            name=name,
            name_latin=name_latin,
            birth_date=born,
            staff_number=f"{facts['staff_prefix']}{number or next(self.numbers[sector]):05d}",
            rank=self.rng.choice(facts["ranks"]),
            serves_since=since or self._since(born),
        )

    def another_place(self, figure):
        """A second institution of the same kind and ministry for the person's position."""
        places = [
            place
            for place in self.places[figure.sector][self._kind_of(figure)]
            if place.pk != figure.institution.pk and place.path[:8] == figure.institution.path[:8]
        ]
        return self.rng.choice(places) if places else None

    def _kind_of(self, figure):
        for kind, places in self.places[figure.sector].items():
            if any(place.pk == figure.institution.pk for place in places):
                return kind
        raise LookupError(figure.institution.code)

    def _weighted(self, weights):
        names = list(weights)
        return self.rng.choices(names, cum_weights=list(accumulate(weights[name] for name in names)))[0]

    def _sex(self, sector, position):
        if position in MEN_ONLY or position in WOMEN_ONLY:
            return "M" if position in MEN_ONLY else "F"
        return "F" if self.rng.random() < WOMEN[sector] else "M"

    def _name(self, sex):
        while True:
            family = self.rng.choice(self.names["family_names"])
            given = self.rng.choice(self.names["female_names" if sex == "F" else "male_names"])
            born = self.today - timedelta(days=self.rng.randint(24 * 365, 58 * 365))
            self.known[family[1], given[1], born] += 1
            if self.known[family[1], given[1], born] == 1:
                return f"{family[0]} {given[0]}", f"{family[1]} {given[1]}", born

    def _since(self, born):
        """A first of the month between the age of 22 and half a year ago."""
        first, last = born + timedelta(days=22 * 366), self.today - timedelta(days=800)
        day = first + (max(last, first) - first) * self.rng.random()
        return day.replace(day=1)


def _places():
    """Sector → kind of place, as STAFF names it → institutions, in the order of the tree."""
    owners = {sector["owner"]: sector["slug"] for sector in content.read("sectors.yaml")["sectors"]}
    places = defaultdict(lambda: defaultdict(list))
    for institution in Institution.objects.select_related("area").order_by("path"):
        sector = owners[institution.code.split("-")[0]]
        for name in STAFF[sector]:
            kind, _blank, word = name.partition(" ")
            if institution.kind == kind and word in institution.name_latin:
                places[sector][name].append(institution)
                break
    return places
