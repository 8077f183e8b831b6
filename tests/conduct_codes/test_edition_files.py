"""What leaves of an edition: its exact bytes by command, the check without this software, the PDF."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conduct_codes.actions import AdoptionRefused
from conduct_codes.models import Edition, EditionAct, EditionText
from conduct_codes.rules import frozen_bytes, sha256_of
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "verify_edition.py"


@pytest.fixture
def edition(db):
    return factories.make_edition()


def printed(capfdbinary, *arguments):
    capfdbinary.readouterr()
    call_command("edition_text", *arguments)
    return capfdbinary.readouterr().out


@pytest.mark.parametrize("language", ["km", "en"])
def test_edition_text_prints_the_bytes_that_were_hashed(edition, capfdbinary, language):
    found = printed(capfdbinary, edition.code.slug, str(edition.number), "--language", language)
    assert sha256_of(found) == EditionText.objects.get(edition=edition, language=language).sha256


@pytest.mark.parametrize("arguments", [("nothing", "1"), ("{code}", "9"), ("{code}", "1", "--language", "fr")])
def test_edition_text_says_what_there_is_not(edition, arguments):
    with pytest.raises(CommandError, match="There is no text"):
        call_command("edition_text", *(part.format(code=edition.code.slug) for part in arguments))


def run(content, *arguments):
    command = [sys.executable, "-I", str(SCRIPT), *arguments]
    return subprocess.run(command, input=content, capture_output=True)


def test_the_script_recomputes_the_hash_without_importing_this_software(edition, tmp_path):
    text = EditionText.objects.get(edition=edition, language="km")
    file = tmp_path / "text.json"
    file.write_bytes(bytes(text.content))
    done = run(b"", str(file), text.sha256)
    assert done.returncode == 0
    assert done.stdout.decode().splitlines()[0] == text.sha256 and "the same" in done.stdout.decode()
    assert run(bytes(text.content), "-").stdout.decode().splitlines()[0] == text.sha256


def test_the_script_says_where_one_sign_was_changed(edition):
    text = EditionText.objects.get(edition=edition, language="km")
    changed = bytes(text.content).replace(b'"edition": 1', b'"edition": 2')
    done = run(changed, "-", text.sha256)
    assert done.returncode == 1 and b"NOT the same" in done.stdout


def test_the_script_is_short_and_needs_nothing_of_ours():
    source = SCRIPT.read_text()
    assert len(source.splitlines()) < 50
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


WORDS = st.recursive(
    st.text(max_size=20) | st.integers(-9, 9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def reordered(value):
    """The same value with every object's keys the other way round, as another database may hand them out."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    return [reordered(each) for each in value] if isinstance(value, list) else value


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.text(max_size=6), WORDS, max_size=5))
def test_frozen_bytes_depend_neither_on_the_order_of_keys_nor_on_a_way_through_json(words):
    content = frozen_bytes(words)
    assert frozen_bytes(reordered(words)) == content
    assert frozen_bytes(json.loads(json.dumps(words))) == content
    assert frozen_bytes(json.loads(content)) == content


def test_frozen_bytes_do_not_depend_on_the_seed_of_hashes():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from conduct_codes.rules import frozen_bytes, sha256_of\n"
        "print(sha256_of(frozen_bytes({k: {k} and [k] for k in {'ក', 'b', 'c', 'd'}})))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program, str(ROOT)], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1


# --- on paper -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_pdf_is_public_the_same_for_all_and_kept_by_caches(client, edition, language):
    address = f"/editions/{edition.code.slug}/{edition.number}/{language}.pdf"
    first, second = client.get(address), client.get(address)
    assert first["Content-Type"] == "application/pdf" and first.content.startswith(b"%PDF-")
    assert first.content == second.content and "public" in first["Cache-Control"]
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert address in client.get(f"/editions/{edition.code.slug}/{edition.number}/").content.decode()


def test_the_pdf_says_whose_text_it_is(client, edition):
    pdftotext = shutil.which("pdftotext")
    if not pdftotext:
        pytest.skip("no pdftotext here")
    content = client.get(f"/editions/{edition.code.slug}/{edition.number}/en.pdf").content
    text = subprocess.run([pdftotext, "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    frozen = EditionText.objects.get(edition=edition, language="en")
    assert frozen.sha256 in text.replace("\n", "") and edition.instrument_number in text
    for article in frozen.words["articles"]:
        assert article["heading"] in text


@pytest.mark.parametrize("address", ["{code}/9/km.pdf", "{code}/1/fr.pdf", "nothing/1/km.pdf"])
def test_a_pdf_of_what_is_not_there_is_not_there(client, edition, address):
    assert client.get("/editions/" + address.format(code=edition.code.slug)).status_code == 404


# --- the scanned act ------------------------------------------------------------------------------------------------


def test_the_act_is_kept_with_its_hash_and_everybody_can_open_it(client, db):
    edition = factories.make_edition(act=factories.SCAN)
    assert edition.act.sha256 == sha256_of(factories.SCAN)
    answer = client.get(f"/editions/{edition.code.slug}/1/act/")
    assert b"".join(answer.streaming_content) == factories.SCAN
    assert answer["Content-Type"] == "application/pdf" and "attachment" in answer["Content-Disposition"]
    assert "/act/" in client.get(f"/editions/{edition.code.slug}/1/").content.decode()


def test_an_edition_without_an_act_has_no_address_for_one(client, edition):
    assert client.get(f"/editions/{edition.code.slug}/1/act/").status_code == 404
    assert "/act/" not in client.get(f"/editions/{edition.code.slug}/1/").content.decode()


@pytest.mark.parametrize("act", [b"", b"<svg/>", b"MZ\x90\x00", b"PK\x03\x04"])
def test_what_is_no_scan_makes_no_law(act, db):
    with pytest.raises(AdoptionRefused):
        factories.make_edition(act=act)
    assert not Edition.objects.exists()


@pytest.mark.parametrize("statement", ["UPDATE {} SET sha256 = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_an_act(db, statement):
    factories.make_edition(act=factories.SCAN)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(EditionAct._meta.db_table))
