"""Recompute the fingerprint of an edition of a code of conduct, without the software that published it.

    python verify_edition.py FILE-OR-ADDRESS [SHA-256]

The file or address is the text of an edition as the site offers it for download ("Download the exact bytes"), or what
`manage.py edition_text CODE NUMBER --language km` prints. Nothing but Python's standard library is used. The answer is
the SHA-256, the title and the number of articles; with a SHA-256 given, "the same" or "NOT the same" and exit code 1.
"""

import hashlib
import json
import sys
from urllib.request import urlopen


def content_of(place):
    if place == "-":
        return sys.stdin.buffer.read()
    if place.startswith(("http://", "https://")):
        with urlopen(place, timeout=30) as answer:
            return answer.read()
    with open(place, "rb") as file:
        return file.read()


def main(place, expected=""):
    content = content_of(place)
    found = hashlib.sha256(content).hexdigest()
    text = json.loads(content)
    sys.stdout.reconfigure(encoding="utf-8")
    print(found)
    print(f"{text['title']} ({text['code']}, {text['edition']}, {text['language']}, {len(text['articles'])})")
    if expected:
        same = found == expected.strip().lower()
        print("the same" if same else "NOT the same")
        return 0 if same else 1
    return 0


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
