from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict:
    """What every page must know: whether it shows invented people, and whether it may be shared by a cache."""
    return {
        "demonstration": settings.CONDUCT_DEMO,
        "public_page": getattr(request, "public_page", False),
    }
