"""What makes a password too easy, said in the digits of the page."""

from django.contrib.auth.password_validation import MinimumLengthValidator

from institutions.templatetags.conduct import digits


class MinimumLength(MinimumLengthValidator):
    """Django's rule with a figure that the page's language writes."""

    def get_error_message(self) -> str:
        return digits(super().get_error_message())
