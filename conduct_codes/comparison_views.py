"""What changed: any two texts of law side by side for everybody, and for a signer since the own signature."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language

from conduct_codes.forms_compare import CompareForm
from conduct_codes.models import Code, Edition, SignOff, SignRequest
from conduct_codes.public_addresses import open_to_all
from conduct_codes.sides import Sides
from institutions.permissions import person_required
from institutions.templatetags.conduct import plain_url


def choose(request):
    """The form that chooses two sides; what it is sent with leads to the comparison's own address."""
    open_to_all(request)
    form = CompareForm(request.GET if "old" in request.GET else None, day=request.today)
    if form.is_bound and form.is_valid():
        return redirect(plain_url("conduct_codes:compare", *form.sides()))
    return render(request, "conduct_codes/compare_choose.html", {"form": form})


def compare(request, code, number, other, other_number):
    """Two editions article by article; the address is for good, because what it compares is."""
    open_to_all(request)
    old, new = (_edition(*side) for side in ((code, number), (other, other_number)))
    return render(request, "conduct_codes/compare.html", _compared(old, new))


def _edition(code, number):
    return get_object_or_404(Edition.objects.at_address(code, number).select_related("code__sector", "code__owner"))


def _compared(old, new):
    sides = Sides(old, new, get_language())
    between = Edition.objects.none()
    if sides.of_one_code:
        between = Edition.objects.of(old.code).filter(number__gt=old.number, number__lte=new.number)
    return {"sides": sides, "between": between}


@person_required
def since_signed(request, code):
    """What changed in a code since the viewer last signed it; for the viewer alone."""
    found = get_object_or_404(Code.objects.select_related("sector"), slug=code)
    signed = SignOff.objects.of(request.scope.person).filter(edition__code=found).select_related("edition").first()
    in_force = Edition.objects.in_force_on(request.today).of(found).select_related("code__sector").first()
    if in_force is None and signed is None:
        raise Http404
    context = {"code": found, "signed": signed, "in_force": in_force}
    if signed and in_force:
        signed.edition.code = in_force.code
        waiting = SignRequest.objects.of(request.scope.person).open_on(request.today).about(found)
        context |= _compared(signed.edition, in_force) | {"request_to_sign": waiting.order_by("due_on", "pk").first()}
    return render(request, "conduct_codes/since_signed.html", context)
