"""What other systems may ask of the register, one operation each. `conduct_site.api` gives it its address."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from institutions.client_auth import ClientAuth

router = Router(tags=["client"])


class ClientAnswer(Schema):
    """What the token that was sent is good for."""

    reference: str
    name: str
    institution: str
    may_read: bool
    may_push: bool
    expires_on: date


@router.get(
    "/client",
    auth=ClientAuth(),
    response=ClientAnswer,
    url_name="client",
    operation_id="client",
    summary=_("What the token is good for"),
    description=_("Ask this first: it says whether the token holds, for which institution, and until when."),
)
def client(request):
    """The client itself."""
    found = request.auth
    facts = {key: getattr(found, key) for key in ("reference", "name", "may_read", "may_push", "expires_on")}
    return facts | {"institution": found.institution.code}
