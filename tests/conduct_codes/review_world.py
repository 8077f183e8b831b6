"""A code whose section is open, the people who work on its text, and a form as the editor sends it."""

from types import SimpleNamespace

from conduct_codes.actions import open_section
from conduct_codes.models import CodePage
from tests import factories
from tests.factories import article, moment
from tests.factories.kept import made_once


def gappy_articles():
    """A prohibition without a measure, as article 2, in a text that is whole otherwise."""
    return [
        article(1, "reporting", legal_basis="Law"),
        article(2, "prohibition", heading="ហាមវាយដំ"),
    ]


@made_once
def make_section(**facts):
    """A code with its Khmer page, its section open to a coordinating ministry, and an account for each role."""
    code = factories.make_code()
    page = factories.make_code_page(code, **facts)
    coordinator = factories.make_institution(code="coordinator")
    open_section(code=code, at=moment(), reviewed_by=coordinator)
    return SimpleNamespace(
        code=code,
        page=page,
        coordinator=coordinator,
        editor=factories.make_role("editor", code.owner, factories.make_user("editor")).user,
        reviewer=factories.make_role("reviewer", coordinator, factories.make_user("reviewer")).user,
        adopter=factories.make_role("adopter", code.owner, factories.make_user("adopter")).user,
        owner=factories.make_user("owner", is_superuser=True, is_staff=True),
    )


def waiting(section, by=None):
    """The section's text sent to review by its editor; the task state, read again."""
    return factories.submit(CodePage.objects.get(pk=section.page.pk), by=by or section.editor)


def form_of(page, **changes):
    """What the page editor posts for the page as it stands."""
    data = {
        "title": page.title,
        "slug": page.slug,
        "code": page.code_id,
        "preamble": page.preamble,
        "seo_title": "",
        "search_description": "",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "articles-count": len(page.articles),
        "hotlines-count": len(page.hotlines),
    }
    for place, child in enumerate(page.articles):
        at, value = f"articles-{place}", child.value
        data |= {f"{at}-id": child.id, f"{at}-type": "article", f"{at}-order": place, f"{at}-deleted": ""}
        plain = ("number", "kind", "topic", "competence", "heading", "text", "legal_basis")
        data |= {f"{at}-value-{name}": value[name] for name in plain}
        data[f"{at}-value-plain_words"] = value["plain_words"] or ""
        data[f"{at}-value-measures-count"] = len(value["measures"])
        for number, row in enumerate(value["measures"].bound_blocks):
            inner = f"{at}-value-measures-{number}"
            data |= {f"{inner}-id": row.id or "", f"{inner}-order": number, f"{inner}-deleted": ""}
            data |= {f"{inner}-value-{name}": row.value[name] for name in ("seriousness", "repetition", "measure")}
    for place, child in enumerate(page.hotlines):
        at = f"hotlines-{place}"
        data |= {f"{at}-id": child.id or "", f"{at}-type": "hotline", f"{at}-order": place, f"{at}-deleted": ""}
        data |= {f"{at}-value-{name}": child.value[name] for name in ("number", "what", "checked_on")}
    return data | changes
