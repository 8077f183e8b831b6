"""Pure decisions about signatures on paper."""


def refusal_of_sheet(*, signed_on, today, in_force):
    """Why a sheet cannot be recorded, as a reason slug; None if it can.

    "future": signed after today; "not-law": the edition on it was not in force on its day.
    """
    if signed_on > today:
        return "future"
    return None if in_force else "not-law"
