"""What binds: codes, their pages, frozen editions, stipulated measures and sign-off."""

from conduct_codes.models.editions import Article, ArticleMeasure, Edition, EditionAct, EditionText
from conduct_codes.models.kiosks import Kiosk, SigningPin
from conduct_codes.models.pages import CodeIndexPage, CodePage
from conduct_codes.models.paper import PaperClaim, PaperDecision, PaperSheet
from conduct_codes.models.reference import Code, Measure, Regime, Topic
from conduct_codes.models.refusals import Refusal
from conduct_codes.models.repeals import Repeal
from conduct_codes.models.review import CoordinatingReviewState, CoordinatingReviewTask, ReviewDecision
from conduct_codes.models.signing import SignOff, SignRequest

__all__ = [
    "Article",
    "ArticleMeasure",
    "Code",
    "CodeIndexPage",
    "CodePage",
    "CoordinatingReviewState",
    "CoordinatingReviewTask",
    "Edition",
    "EditionAct",
    "EditionText",
    "Kiosk",
    "Measure",
    "PaperClaim",
    "PaperDecision",
    "PaperSheet",
    "Refusal",
    "Regime",
    "Repeal",
    "ReviewDecision",
    "SignOff",
    "SignRequest",
    "SigningPin",
    "Topic",
]
