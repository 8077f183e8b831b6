"""A clerk who enters one person after another on the pages for it."""

import re

from django.urls import reverse

from institutions.models import RegisterImport


class Clerk:
    """HR of a department at a browser without JavaScript: opens a page, answers it, applies what the next one shows."""

    def __init__(self, client, place):
        self.client, self.place = client, place
        client.force_login(place.hr)

    def address(self, page, *args):
        return reverse(f"institutions:{page}", args=args)

    def get(self, page, /, *args, **query):
        return self.client.get(self.address(page, *args), query)

    def key(self, answer):
        return re.search(r'name="key" value="([^"]+)"', answer.content.decode())[1]

    def send(self, page, /, *args, **answers):
        """The answer to a page that was opened and sent."""
        answers.setdefault("key", self.key(self.get(page, *args)))
        return self.client.post(self.address(page, *args), answers)

    def preview(self, page, /, *args, **answers):
        """The import that a page made."""
        answer = self.send(page, *args, **answers)
        assert answer.status_code == 302, errors(answer)
        return RegisterImport.objects.get(pk=answer.url.strip("/").split("/")[-1])

    def apply(self, found):
        return self.client.post(self.address("import", found.pk), {"seal": found.seal})

    def enter(self, page, /, *args, **answers):
        """The import that a page made and that was applied then."""
        found = self.preview(page, *args, **answers)
        self.apply(found)
        found.refresh_from_db()
        assert found.state == "applied"
        return found

    def undo(self, found):
        self.client.post(self.address("import_undo", found.pk))
        found.refresh_from_db()
        assert found.state == "undone"

    def somebody(self, **answers):
        """Answers of the page for a new person."""
        return {
            "name": "សុខ ចាន់ដារ៉ា",
            "name_latin": "Sok Chandara",
            "sex": "F",
            "birth_date": "04/03/1985",
            "institution": "school-1",
            "position": "education/teacher",
            "basis": "regular",
            "starts_on": "01/11/2024",
            "staff_number": "00123",
            "rank": "ក.១.៦",
            **answers,
        }

    def post(self, **answers):
        """Answers of the page for another post."""
        return {
            "institution": "school-2",
            "position": "education/teacher",
            "basis": "regular",
            "starts_on": "01/11/2026",
            **answers,
        }


def errors(answer):
    """Field → sentences of a page that came back."""
    form = answer.context["form"]
    return {name or "": list(sentences) for name, sentences in form.errors.items()}
