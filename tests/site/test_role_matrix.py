"""The matrix of roles, the table of addresses and docs/roles.md say one thing."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from courses.item_analysis import WHO
from courses.models.learning import OPEN_TRIES
from courses.models.sessions import PLANNERS
from institutions.grant_rules import REGISTRAR_MAY_GRANT
from institutions.matrix import MATRIX, Reach, Resource, cell
from institutions.matrix_page import IN_WORDS, NAMES, REACHES, page
from institutions.models import Role
from institutions.scope import NAMES as SEE_NAMES
from institutions.scope import TOTALS
from tests.site import access_rows as rows
from tests.site.access_table import TABLE
from tests.site.matrix_addresses import IN_THE_ADMIN, WITHOUT_AN_ADDRESS, about

ROOT = Path(__file__).resolve().parents[2]
AS_IN_THE_MATRIX = {rows.ANONYMOUS: "anybody", rows.SUPERUSER: "owner"}
BEYOND_THE_MINISTRY = {Reach.ALL, Reach.PUBLIC}
BEYOND_THE_DEPARTMENT = {Reach.ALL, Reach.PUBLIC, Reach.PROFESSION}


def right(role, resource):
    return cell(AS_IN_THE_MATRIX.get(role, role), resource)


def enters(name, answer):
    """True if the answer lets somebody in; the admin sends away with a redirect, our own pages with 404."""
    refused = {rows.NOT_FOUND, rows.LOGIN, 403} | ({rows.REDIRECT} if name.split(":")[0] in IN_THE_ADMIN else set())
    return answer not in refused


def is_for_every_account(row):
    """True for what is the same for everybody, or for each account about itself."""
    return row.public or len({row.answers("own")[role] for role in rows.ACCOUNTS}) == 1


PARTED = sorted(name for name, row in TABLE.items() if not is_for_every_account(row) and "wagtail" not in name)
PARTED = [name for name in PARTED if name != "start" and not name.startswith(("mfa_", "account_"))]


@pytest.mark.parametrize("name", PARTED)
def test_every_address_that_parts_the_roles_is_about_a_resource(name):
    assert about(name), "say in tests/site/matrix_addresses.py what this address is about"


@pytest.mark.parametrize("name", PARTED)
def test_who_enters_has_the_right_and_who_has_none_is_told_of_no_page(name):
    resource, writes = about(name)
    wrong = {}
    for role, answer in TABLE[name].answers("own").items():
        has = right(role, resource)
        if enters(name, answer) and (has.reach in (Reach.NONE, Reach.PUBLIC) or (writes and not has.writes)):
            wrong[role] = (answer, str(has))
    assert wrong == {}


@pytest.mark.parametrize("name", PARTED)
def test_nobody_enters_further_than_the_matrix_reaches(name):
    resource, _writes = about(name)
    wrong = {}
    if TABLE[name].parts and not TABLE[name].shared:
        for place, allowed in (("sibling", BEYOND_THE_DEPARTMENT), ("foreign", BEYOND_THE_MINISTRY)):
            for role, answer in TABLE[name].answers(place).items():
                of_ministry = place == "sibling" and role in rows.COVER_THE_MINISTRY
                # What only takes what is sent refuses the method before it looks up whose the thing is.
                is_let_in = answer == rows.OK and not of_ministry and not is_own_code(name, role)
                if is_let_in and right(role, resource).reach not in allowed:
                    wrong[place, role] = str(right(role, resource))
    assert wrong == {}


def is_own_code(name, role):
    """A page that names somebody else's code, and shows what oneself has signed of it."""
    return (name, role) == ("conduct_codes:since_signed", rows.OFFICER)


@pytest.mark.parametrize("resource", [one for one in Resource if one not in WITHOUT_AN_ADDRESS])
def test_a_right_in_the_matrix_is_one_that_somebody_can_use(resource):
    unused = set()
    for role in rows.ROLES:
        has = right(role, resource)
        opened = [about(name)[1] for name in PARTED if about(name)[0] == resource and entered_by(name, role)]
        if has.reach not in (Reach.NONE, Reach.PUBLIC, Reach.OWN) and (
            not opened or (has.writes and True not in opened)
        ):
            unused.add((role, str(has)))
    assert unused == set()


def entered_by(name, role):
    return enters(name, TABLE[name].answers("own")[role])


def test_the_code_draws_its_lists_of_roles_from_the_matrix():
    assert sorted(SEE_NAMES) == ["hr", "registrar"] and sorted(TOTALS) == ["hr", "monitor", "registrar"]
    assert set(OPEN_TRIES) == set(PLANNERS) == {"hr", "registrar", "trainer"}
    assert set(WHO) == {"registrar", "editor", "trainer"}


def test_a_registrar_gives_no_role_that_reaches_what_the_registrar_does_not():
    """Within the own institutions; what a trainer prints for a course is no one's data."""
    for kind in REGISTRAR_MAY_GRANT:
        for resource in set(Resource) - {Resource.QUIZ_KEY}:
            given, own = cell(kind, resource), cell("registrar", resource)
            assert given.reach in (Reach.NONE, Reach.PUBLIC, Reach.OWN, own.reach), (kind, resource)
            assert own.writes or not given.writes, (kind, resource)


def test_the_matrix_knows_every_role_and_the_page_has_words_for_it():
    assert set(MATRIX) == {*Role.Kind.values, "anybody", "officer", "area", "owner"} == set(NAMES) == set(IN_WORDS)
    assert set(REACHES) == set(Reach)


def test_the_page_about_roles_is_fresh():
    assert (ROOT / "docs/roles.md").read_text(encoding="utf-8") == page(), "manage.py role_matrix"


def test_the_command_tells_a_stale_page_and_mends_it(tmp_path, capsys):
    path = tmp_path / "roles.md"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(CommandError, match="stale"):
        call_command("role_matrix", to=str(path), check=True)
    call_command("role_matrix", to=str(path))
    assert path.read_text(encoding="utf-8") == page()
    call_command("role_matrix", to=str(path), check=True)
