"""Everything that makes law of a text, asks for signatures, records who signed, and opens a section to its editors."""

from conduct_codes.actions.adoption import (
    ASK_JOB,
    AdoptionRefused,
    AlreadyAdopted,
    adopt_edition,
    approved_review_exists,
    check_adoptable,
    freeze_text,
)
from conduct_codes.actions.kiosks import (
    KioskClosed,
    NotKnown,
    close_kiosk,
    issue_pins,
    kiosk_text,
    open_kiosk,
    sign_at_kiosk,
)
from conduct_codes.actions.paper import PaperRefused, confirm_paper, record_sheet, reject_paper
from conduct_codes.actions.reading_again import READ_AGAIN_JOB, AskingRefused, ask_to_read_again, request_reading
from conduct_codes.actions.refusing import refuse_to_sign
from conduct_codes.actions.repealing import RepealRefused, check_repealable, repeal_code
from conduct_codes.actions.reviewing import ReviewRefused, approve_text, return_text
from conduct_codes.actions.sections import open_section
from conduct_codes.actions.signing import (
    NewerEdition,
    SigningRefused,
    ask_bound_people,
    request_signature,
    sign_edition,
    text_to_sign,
)

__all__ = [
    "ASK_JOB",
    "READ_AGAIN_JOB",
    "AdoptionRefused",
    "AlreadyAdopted",
    "AskingRefused",
    "KioskClosed",
    "NewerEdition",
    "NotKnown",
    "PaperRefused",
    "RepealRefused",
    "ReviewRefused",
    "SigningRefused",
    "adopt_edition",
    "approve_text",
    "approved_review_exists",
    "ask_bound_people",
    "ask_to_read_again",
    "check_adoptable",
    "check_repealable",
    "close_kiosk",
    "confirm_paper",
    "freeze_text",
    "issue_pins",
    "kiosk_text",
    "open_kiosk",
    "open_section",
    "record_sheet",
    "refuse_to_sign",
    "reject_paper",
    "repeal_code",
    "request_reading",
    "request_signature",
    "return_text",
    "sign_at_kiosk",
    "sign_edition",
    "text_to_sign",
]
