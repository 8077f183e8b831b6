"""Reads from an address which tries at a quiz are meant."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.item_analysis import WHO, Cut
from institutions.filters import DayField
from institutions.models import Area, Post, Sector


class ItemFilter(forms.Form):
    """Sector, province and a day to compare before and after; knows only where the viewer may count somebody."""

    sector = forms.SlugField(label=_("Sector"), required=False)
    province = forms.CharField(label=_("Province"), required=False, max_length=2)
    since = DayField(
        label=_("Compare before and after the day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day as year-month-day, such as 2026-11-23.")},
    )

    def __init__(self, data, *, scope):
        self.scope = scope
        super().__init__(data)
        posts = Post.objects.countable_by(scope.acting_as(*WHO)).order_by()
        places = posts.filter(institution__area__isnull=False).values_list("institution__area__code", flat=True)
        self.sectors = list(Sector.objects.filter(pk__in=posts.values("sector")))
        self.provinces = list(Area.objects.provinces().filter(code__in={code[:2] for code in places.distinct()}))

    def clean_sector(self):
        return self._chosen("sector", self.sectors, "slug", _("Nobody of yours serves in this sector."))

    def clean_province(self):
        return self._chosen("province", self.provinces, "code", _("Nobody of yours serves in this province."))

    def _chosen(self, name, known, attribute, refusal):
        value = self.cleaned_data[name]
        found = next((each for each in known if getattr(each, attribute) == value), None)
        if value and found is None:
            raise forms.ValidationError(refusal)
        return found

    def clean_since(self):
        day = self.cleaned_data["since"]
        if day and day > self.scope.today:
            raise forms.ValidationError(_("Choose today or a day that has been."))
        return day

    @property
    def cut(self):
        """What was asked for; everything where the address is wrong."""
        data = self.cleaned_data if self.is_valid() else {}
        return Cut(data.get("sector"), data.get("province"), data.get("since"))
