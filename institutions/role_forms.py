"""What input about roles is usable."""

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.grant_rules import REGISTRAR_MAY_GRANT
from institutions.grants import Asked, refusals
from institutions.models import Area, Institution, Role
from institutions.role_lists import State
from institutions.tree_in.reading import day_of
from institutions.tree_permissions import owns_platform

_DAY_HINT = _("Day/month/year, such as 31/12/2026")
FROM_HINT = _("Day/month/year, such as 31/12/2026. Left empty, it is today.")


class DayTyped(forms.CharField):
    """A day written as 31/12/2026 or 2026-12-31, in the digits of either language."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        day = day_of(text)
        if day is None:
            raise forms.ValidationError(_("Write the day as 31/12/2026."))
        return day


def _reason():
    return forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Such as the number of the letter; no names of people. It stays in the record."),
        error_messages={"required": _("Write why. It stays in the record.")},
    )


class RoleSearch(forms.Form):
    """Reads the filters of the list of roles from an address; what is unknown is everything."""

    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=[("", _("Every role")), *Role.Kind.choices])
    state = forms.ChoiceField(required=False, choices=[*State.choices, ("all", _("All"))])


class RoleForm(forms.Form):
    """A role to be given: kind, institution or area, days, the post it rests on, and why."""

    kind = forms.ChoiceField(
        label=_("Role"),
        error_messages={"required": _("Choose the role."), "invalid_choice": _("Choose one of the roles of the list.")},
    )
    post = forms.ChoiceField(
        label=_("Post that justifies it"),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the posts of the list.")},
    )
    institution = forms.CharField(
        label=_("Code of the institution"),
        max_length=60,
        required=False,
        help_text=_("The role reaches over it and everything below. Left empty, it is the institution of the post."),
    )
    area = forms.CharField(
        label=_("Code of the area, for a monitor of a province"),
        max_length=6,
        required=False,
        help_text=_("Totals of every ministry there, no names. Then leave the institution empty."),
    )
    starts_on = DayTyped(label=_("From"), max_length=20, required=False, help_text=FROM_HINT)
    ends_on = DayTyped(
        label=_("Last day"),
        max_length=20,
        required=False,
        help_text=_(
            "Day/month/year, such as 31/12/2026. Left empty, it holds until somebody ends it."
            " It ends with the post in any case."
        ),
    )
    reason = _reason()

    def __init__(self, *args, scope, user, posts, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope, self.user, self.is_owner = scope, user, owns_platform(scope)
        self.posts = {str(post.pk): post for post in posts}
        kinds = (
            Role.Kind.choices if self.is_owner else [one for one in Role.Kind.choices if one[0] in REGISTRAR_MAY_GRANT]
        )
        self.fields["kind"].choices = [("", _("Choose")), *kinds]
        labels = [(key, f"{post.position.label}, {post.institution.label}") for key, post in self.posts.items()]
        self.fields["post"].choices = [*([("", _("No post"))] if self.is_owner or not labels else []), *labels]
        if not self.is_owner:
            del self.fields["area"]

    def clean_institution(self):
        code = self.cleaned_data["institution"].strip()
        if not code:
            return None
        found = Institution.objects.filter(code__iexact=code).first()
        if found is None or not (self.is_owner or self.scope.covers(found, Role.Kind.REGISTRAR)):
            raise forms.ValidationError(_("You have no institution with this code. Look it up in the list."))
        return found

    def clean_area(self):
        code = self.cleaned_data["area"].strip()
        found = Area.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("There is no area with this code."))
        return found

    def clean(self):
        data = super().clean()
        post, area = self.posts.get(data.get("post", "")), data.get("area")
        if self.errors:
            return data
        place = data["institution"] or (post.institution if post and not area else None)
        self.asked = Asked(
            user=self.user,
            kind=data["kind"],
            institution=place,
            area=area,
            post=post,
            starts_on=data["starts_on"] or self.scope.today,
            ends_on=data["ends_on"],
            reason=data["reason"],
        )
        for refusal in refusals(self.scope, self.asked):
            self.add_error(None, refusal.label)
        return data

    @property
    def kept(self):
        """What was typed, for hidden fields of the page on which it is checked."""
        return [(field.html_name, field.value() or "") for field in self]


class RoleEndForm(forms.Form):
    """When a role ends, and why."""

    WHEN = [("now", _("At once: the next request goes without it")), ("day", _("After a last day"))]

    when = forms.ChoiceField(
        label=_("When does it end?"),
        choices=WHEN,
        widget=forms.RadioSelect,
        initial="now",
        error_messages={"required": _("Say when it ends."), "invalid_choice": _("Say when it ends.")},
    )
    last_day = DayTyped(label=_("Last day"), max_length=20, required=False, help_text=_DAY_HINT)
    reason = _reason()

    def clean(self):
        data = super().clean()
        if data.get("when") == "day" and not data.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", _("Write the last day."))
        if data.get("when") == "now":
            data["last_day"] = None
        return data
