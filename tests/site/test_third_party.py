"""Files of others that are copied in are the ones that THIRD_PARTY.md names, byte for byte, and no others."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$", re.M)
NAMED = dict(ROW.findall((ROOT / "THIRD_PARTY.md").read_text()))


def test_each_named_file_is_unchanged_and_has_its_licence_beside_it():
    found = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in NAMED}
    assert found == NAMED and len(found) >= 3
    for name in NAMED:
        assert any((ROOT / name).with_name(licence).exists() for licence in ("LICENSE", "OFL.txt")), name


def test_no_other_font_or_packed_script_is_copied_in():
    places = [folder for app in ("site/conduct_site", "courses", "conduct_codes") for folder in [ROOT / app / "static"]]
    copied = {
        str(path.relative_to(ROOT))
        for place in places
        for path in place.rglob("*")
        if path.suffix in {".woff2", ".map"} or ".min." in path.name
    }
    assert copied == set(NAMED)
