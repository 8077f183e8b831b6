"""Reading a page as a reader of Khmer does: which words are neither Khmer nor marked as another language."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from bs4 import BeautifulSoup, NavigableString
from django.urls import Resolver404, resolve

SHOWN_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-l", "aria-description", "label")
BUTTONS = {"submit", "button", "reset"}
ASKED = re.compile("^(text|password|radio|date|number)$")
POST = re.compile("^post$", re.IGNORECASE)
NOT_SHOWN = ("script", "style", "template")
WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
# What is Latin everywhere: names of formats, and what identifies one thing.
FORMATS = {"PDF", "QR", "Excel", "SHA", "xlsx", "JSON", "XLSX"}
IDENTIFIERS = [
    re.compile(r"\S+\.(?:xlsx|pdf|json)\b"),  # names of files
    re.compile(r"https?://\S+"),  # where a QR code leads
    # a word or words joined by hyphens with a figure in them: numbers, serials, codes, hashes
    re.compile(r"(?<![\w-])(?=[\w-]*\d)[\w-]+", re.ASCII),
]
ELSEWHERE = ("/en/", "/admin/", "/static/", "/media/")
PAGES_OF_A_KIND = 4


def read(html):
    return BeautifulSoup(html, "html.parser")


def latin_words(page):
    """(word, the text that it stands in) for every Latin word that is shown and not marked as another language."""
    return {(word, text) for text, language in _shown(page) if language == "km" for word in _words(text)}


def _words(text):
    for identifier in IDENTIFIERS:
        text = identifier.sub(" ", text)
    return {word for word in WORD.findall(text) if word not in FORMATS}


def _shown(page):
    """Every text that a reader sees or hears, with the language of the nearest element that names one."""
    for string in page.find_all(string=True):
        if type(string) is NavigableString and string.parent.name not in NOT_SHOWN and string.strip():
            yield " ".join(string.split()), _language(string.parent)
    for element in page.find_all(True):
        shown = [element.get(name) for name in SHOWN_ATTRIBUTES]
        if element.name == "input" and element.get("type") in BUTTONS:
            shown.append(element.get("value"))
        if element.name == "meta" and element.get("name") == "description":
            shown.append(element.get("content"))
        for text in filter(None, shown):
            yield text, _language(element)


def _language(element):
    while element is not None:
        if element.get("lang"):
            return element["lang"]
        element = element.parent
    return ""


@dataclass(frozen=True)
class Page:
    """What an address answered."""

    path: str
    status: int
    kind: str
    html: str

    @cached_property
    def soup(self):
        return read(self.html)

    @property
    def name(self):
        return name_of(self.path)


class Visitor:
    """Follows the links of the site as one account; the admin and the other language are left out."""

    def __init__(self, base, username="", password=""):
        self.base = base
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()))
        if username:
            self.send(self.get("/km/account/login/"), login=username, password=password)

    def get(self, path):
        return self._open(path)

    def send(self, page, form=None, **facts):
        """The answer to a form of the page, by default its first one, with what it holds already and these facts."""
        form = form or page.soup.find("form", method=POST)
        hidden = form.find_all("input", type="hidden", attrs={"name": True})
        held = {field["name"]: field.get("value", "") for field in hidden}
        return self._open(urljoin(page.path, form.get("action") or page.path), held | facts)

    def _open(self, path, facts=None):
        data = urlencode(facts).encode() if facts is not None else None
        request = Request(urljoin(self.base, path), data, headers={"Referer": urljoin(self.base, path)})
        try:
            answer = self.browser.open(request, timeout=60)
        except HTTPError as refused:
            answer = refused
        with answer:
            kind = answer.headers.get_content_type()
            html = answer.read().decode() if kind == "text/html" else ""
            url = urlsplit(answer.url)
            return Page(url.path + (f"?{url.query}" if url.query else ""), answer.status, kind, html)

    def pages(self, *first, known=()):
        """Every page that can be reached by links; of pages behind one address a few; those known already not again.

        A form on the way that asks for something is sent empty: what it says then is shown too.
        """
        waiting, seen, kinds = list(first), set(known), {}
        while waiting:
            path = waiting.pop(0)
            if path in seen or kinds.get(kind_of(path), 0) >= PAGES_OF_A_KIND:
                continue
            seen.add(path)
            page = self.get(path)
            if page.kind != "text/html" or page.path.startswith(ELSEWHERE) or (page.path != path and page.path in seen):
                continue
            seen.add(page.path)
            kinds[kind_of(path)] = kinds.get(kind_of(path), 0) + 1
            yield page
            yield from (self.send(page, form) for form in page.soup.find_all("form", method=POST) if asks(form))
            waiting.extend(links(page, self.base))


def asks(form):
    """True if there is something to fill in, so that nothing happens when it is sent empty."""
    return bool(form.find(["textarea", "select"]) or form.find("input", type=ASKED))


def filled(form):
    """A plausible answer to everything that the form asks."""
    facts = {}
    for field in form.find_all(["input", "textarea", "select"], attrs={"name": True}):
        name, kind = field["name"], field.get("type", field.name)
        if field.name == "select":
            facts[name] = next(option["value"] for option in field.find_all("option") if option.get("value"))
        elif kind in ("radio", "checkbox"):
            facts.setdefault(name, field.get("value", "on"))
        elif kind in ("text", "textarea", "date"):
            facts[name] = date.today().isoformat() if name.endswith("_on") else "ល្អ"
    return facts


def links(page, base):
    """Addresses of this site that the page links to, in Khmer, without the admin."""
    for anchor in page.soup.find_all("a", href=True):
        url = urlsplit(urljoin(urljoin(base, page.path), anchor["href"]))
        inside = url.netloc == urlsplit(base).netloc
        if inside and not url.path.startswith(ELSEWHERE) and "lang=en" not in url.query:
            yield url.path + (f"?{url.query}" if url.query else "")


def name_of(path):
    """The name of the address, or nothing where the site has none."""
    try:
        return resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return ""


def kind_of(path):
    """What makes two pages the same kind of page; each page of words is a kind of its own."""
    path, _mark, query = path.partition("?")
    name = name_of(path)
    asked = sorted(part.split("=")[0] for part in query.split("&") if part)
    return (path if name in ("", "wagtail_serve") else name, *asked)
