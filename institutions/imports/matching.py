"""Whom a row is about: by reference, then staff number, then the name as Khmer readers compare it and the birth date.

Pure. Two spellings of one name meet; two people of one name and birth date are asked about, never merged.
"""

from dataclasses import dataclass

from institutions.imports.known import reference_pk
from institutions.khmer import comparison_key
from institutions.models.imports import Verdict
from institutions.people_in import columns as c
from institutions.people_in.reading import Problem


@dataclass(frozen=True, slots=True)
class Identity:
    """A person of the register, or a new one under a key of the file; or what keeps either from being known."""

    person: object = None
    key: tuple | None = None
    problem: Problem | None = None
    verdict: str = Verdict.ERROR


class Identities:
    """Who each row of a file is about, and who of the register is named in it."""

    def __init__(self, rows, known):
        self.known = known
        self.first_of_number = {}  # number → (key of native name, birth date) of the file's first row with it
        self.number_of_name = {}
        self.file_has_zeros = any(
            said.values.get(c.STAFF_NUMBER, "").startswith("0") for said in rows if not said.number_was_numeric
        )
        self.by_line = {said.line: self._identify(said) for said in rows}
        self.named = {identity.person.pk for identity in self.by_line.values() if identity.person}
        self.unknown = sum(
            1 for identity in self.by_line.values() if identity.person is None and identity.problem is not None
        ) + sum(1 for said in rows if said.problems and self._may_be_anyone(said))

    def of(self, said):
        return self.by_line[said.line]

    def person_of(self, said):
        return self.by_line[said.line].person

    def _may_be_anyone(self, said):
        identity = self.by_line[said.line]
        return identity.person is None and identity.problem is None

    def _identify(self, said):
        values = said.values
        if c.REFERENCE in values:
            return self._by_reference(said)
        problem = self._lost_zeros(said)
        if problem:
            return Identity(problem=problem)
        number = values.get(c.STAFF_NUMBER)
        if number in self.known.by_number:
            return self._by_number(values, self.known.people[self.known.by_number[number]])
        return self._by_name(values, number)

    def _by_reference(self, said):
        named = reference_pk(said.values[c.REFERENCE])
        person = self.known.people.get(self.known.kept.get(named, named))
        if person is None or not person.is_ours(self.known.day):
            return Identity(problem=Problem("reference_unknown", c.REFERENCE))
        if said.number_was_numeric and said.values[c.STAFF_NUMBER] not in person.numbers:
            problem = self._lost_zeros(said)
            if problem:
                return Identity(person, problem=problem)
        return Identity(person)

    def _lost_zeros(self, said):
        """A number that Excel kept as a number, where the register or the file knows numbers with zeros before it."""
        number = said.values.get(c.STAFF_NUMBER)
        if not number or not said.number_was_numeric:
            return None
        longer = any(number.zfill(length) in self.known.by_number for length in range(len(number) + 1, 15))
        exact = number in self.known.by_number
        if longer or (not exact and (self.known.begins_with_zero or self.file_has_zeros)):
            return Problem("zeros", c.STAFF_NUMBER)
        return None

    def _by_number(self, values, person):
        """The holder of the number, if the name or the birth date of the row is theirs."""
        names = self._names(values)
        theirs = {comparison_key(person.name), comparison_key(person.name_latin)}
        born = values.get(c.BIRTH_DATE)
        if (names & theirs) or (born and born == person.birth_date) or (not names and not born):
            return Identity(person)
        problem = Problem("number_of_other", c.STAFF_NUMBER)
        return Identity(person, problem=problem, verdict=Verdict.CONFLICT)

    @staticmethod
    def _names(values):
        return {comparison_key(values[key]) for key in (c.NAME, c.NAME_LATIN) if key in values}

    def _by_name(self, values, number):
        born, names = values.get(c.BIRTH_DATE), self._names(values)
        if not born or not names:
            if number:
                return self._new(values, number)
            return Identity(problem=Problem("nobody_named", c.STAFF_NUMBER))
        people, by_latin = self._namesakes(values, born)
        if by_latin and c.NAME in values:
            return self._spelt_otherwise(people, values, number)
        if len(people) > 1:
            return Identity(problem=Problem("several_fit"), verdict=Verdict.CONFLICT)
        if not people:
            return self._new(values, number)
        person = self.known.people[people.pop()]
        if number and person.numbers:
            return Identity(person, problem=Problem("other_number", c.STAFF_NUMBER), verdict=Verdict.CONFLICT)
        return Identity(person)

    def _spelt_otherwise(self, people, values, number):
        """Two Khmer names may be one in Latin letters: somebody new, unless an own person could be meant."""
        met = [self.known.people[pk] for pk in people]
        met = [person for person in met if person.is_ours(self.known.day) and not (number and person.numbers)]
        if not met:
            return self._new(values, number)
        problem = Problem("spelt_otherwise", c.NAME)
        return Identity(met[0] if len(met) == 1 else None, problem=problem, verdict=Verdict.CONFLICT)

    def _namesakes(self, values, born):
        """(people born that day who have the row's name, whether they were met by its Latin letters alone)."""
        for column in (c.NAME, c.NAME_LATIN):
            if column in values:
                key = comparison_key(values[column])
                found = set(self.known.by_name.get((key, born), ()))
                if found:
                    return found, column == c.NAME_LATIN
        return set(), False

    def _new(self, values, number):
        """A key for somebody who is not in the register; the same for every row of the file about them."""
        native = comparison_key(values.get(c.NAME) or values.get(c.NAME_LATIN, ""))
        name = (native, values.get(c.BIRTH_DATE))
        if number:
            first = self.first_of_number.setdefault(number, name)
            if first != name and native:
                return Identity(problem=Problem("number_twice", c.STAFF_NUMBER), verdict=Verdict.CONFLICT)
            if all(name) and self.number_of_name.setdefault(name, number) != number:
                return Identity(problem=Problem("name_twice"), verdict=Verdict.CONFLICT)
            return Identity(key=("number", number))
        number = self.number_of_name.setdefault(name, "")
        return Identity(key=("number", number) if number else ("name", *name))
