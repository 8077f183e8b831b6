"""What a repeal does, before it is made: the dry run that the adopting authority reads."""

from dataclasses import dataclass

from conduct_codes.adoption import people_to_ask
from conduct_codes.models import Edition, Repeal, SignRequest


@dataclass(frozen=True)
class Effects:
    """What ends with a code: its edition, those that would have come, whom it binds, who was asked to sign."""

    in_force: Edition | None
    coming: list
    people: int
    open_requests: int


def effects_of(scope, code, day):
    """The effects of repealing the code, counted on the day inside the adopter's institutions."""
    requests = SignRequest.objects.countable_by(scope.acting_as("adopter")).about(code).open_on(day)
    return Effects(
        in_force=Edition.objects.in_force_on(day).of(code).first(),
        coming=list(Edition.objects.coming_after(day).of(code)),
        people=people_to_ask(scope, code, day),
        open_requests=requests.values("person").distinct().count(),
    )


def repeal_of(code, day):
    """The repeal because of which nothing of the code is in force on the day; None if something is, or was never."""
    repeals = Repeal.objects.standing_on(day).filter(edition__code=code)
    return repeals.select_related("edition").order_by("-edition__number").first()
