"""What kind of device somebody logs in with, as coarse as a person needs to recognise their own."""

# The first that fits: many browsers carry the names of others.
_BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent):
    """Browser and system, such as "Chrome · Android"; "" where nothing is recognised. Never the exact model."""
    found = [_first(user_agent, names) for names in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name)


def _first(user_agent, names):
    return next((name for sign, name in names if sign in user_agent), "")
