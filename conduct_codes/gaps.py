"""What a text lacks before it may become law, in sentences for the people who must fill the gap."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "empty": _("The code has no article."),
    "reporting": _("The code states no duty to report."),
    "number": _("An article has no number, or one that another article has: article %(numbers)s."),
    "words": _("An article lacks its kind, heading or text: article %(numbers)s."),
    "measure": _("A prohibition has no stipulated measure: article %(numbers)s."),
    "regime": _("A stipulated measure is not one of the code's disciplinary regime: article %(numbers)s."),
    "twice": _("The same measure is stated twice: article %(numbers)s."),
}


def in_sentences(gaps):
    """One sentence for each reason among the gaps, with the articles it holds for."""
    numbers = {}
    for number, reason in gaps:
        numbers.setdefault(reason, []).append(number or "–")
    return [
        str(sentence) % {"numbers": ", ".join(numbers[reason])}
        for reason, sentence in SENTENCES.items()
        if reason in numbers
    ]
