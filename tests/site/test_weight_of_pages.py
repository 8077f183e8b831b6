"""What each page of an officer costs over the wire, on a first visit and on the next, as the served demo sends it."""

import gzip
import re
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest

from conduct_site.nation.accounts import DEFAULT_PASSWORD
from tests.site.khmer_reading import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

FIRST, NEXT = 100_000, 25_000
OFFICERS = ("4400001", "2200001", "3300001")
BEGIN = ("/km/training/", "/km/learn/offline/", "/km/my-certificates/", "/km/my-roles/", "/km/my-data/", "/km/devices/")
MET = {
    *("certification:training", "certification:certificate_list", "certification:certificate", "courses:lesson"),
    *("courses:offline", "conduct_codes:sign", "conduct_codes:edition", "institutions:correction_new"),
}
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2|svg|png|webp))"')
NAMED = re.compile(r'url\("?([^")]+)"?\)')


class Scale:
    """Weighs pages of a site; a file that many pages share is fetched once."""

    def __init__(self, base):
        self.base, self.sizes = base, {}

    def fetch(self, path):
        """How many bytes a file is over the wire."""
        with urlopen(Request(urljoin(self.base, path), headers={"Accept-Encoding": "br, gzip"}), timeout=60) as answer:
            return len(answer.read())

    def file(self, path):
        """A static file with everything that it names."""
        if path not in self.sizes:
            self.sizes[path] = self.fetch(path)
            if path.endswith(".css"):
                with urlopen(urljoin(self.base, path), timeout=60) as answer:
                    named = {urljoin(path, each) for each in NAMED.findall(answer.read().decode())}
                self.sizes[path] += sum(self.file(each) for each in named if not each.startswith("data:"))
        return self.sizes[path]

    def files_of(self, html):
        return sum(self.file(path) for path in {urlsplit(found).path for found in LINKED.findall(html)})


def test_pages_of_officers_are_light_at_first_and_lighter_after(demo):
    scale, heavy, met = Scale(demo.base), {}, set()
    for account in OFFICERS:
        visitor = Visitor(demo.base, account, DEFAULT_PASSWORD)
        for page in visitor.pages(*BEGIN):
            met.add(page.name)
            english = visitor.get(page.path.replace("/km/", "/en/", 1)) if page.path.startswith("/km/") else page
            for each in {page, english}:
                again = len(gzip.compress(each.html.encode(), 6))
                first = again + scale.files_of(each.html)
                if first >= FIRST or again >= NEXT:
                    heavy[each.path] = (first, again)
    assert heavy == {}
    assert max(scale.sizes.values()) > 10_000 and MET - met == set()
