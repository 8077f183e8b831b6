"""A few people of the demo who said that they do not want to sign, and why."""

from conduct_codes.actions import refuse_to_sign
from conduct_codes.models import SignRequest
from conduct_site.nation.accounts import ACCOUNTS
from conduct_site.nation.moments import moment

REASONS = (
    "ខ្ញុំមិនទាន់យល់ច្បាស់អំពីមាត្រាស្តីពីទណ្ឌកម្ម។ សូមពន្យល់ខ្ញុំជាមុនសិន។",
    "ខ្ញុំនឹងចូលនិវត្តន៍នៅចុងខែនេះ។",
    "ខ្ញុំយល់ថា បន្ទុកការងាររាយការណ៍មិនគួរធ្លាក់លើគ្រូតែម្នាក់ឯងទេ។",
)


def load_refusals(calendar):
    """One refusal for each reason, among teachers who are asked to sign and can log in; nobody with a demo account."""
    day = calendar.yesterday
    shown = [account.username for account in ACCOUNTS]
    asked = SignRequest.objects.open_on(day).filter(
        edition__code__slug="education", person__user__isnull=False, refusal__isnull=True
    )
    asked = asked.exclude(person__user__username__in=shown).select_related("person__user", "edition__code")
    for request, reason in zip(asked.order_by("person", "pk"), REASONS, strict=False):
        refuse_to_sign(request=request, reason=reason, language="km", at=moment(day), by=request.person.user)
