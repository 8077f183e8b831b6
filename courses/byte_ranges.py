"""Parts of a file, as a player asks for them: what a Range header means, and the bytes it names."""

import re

_RANGE = re.compile(r"^bytes=([0-9]{0,15})-([0-9]{0,15})$")


class NotSatisfiable(ValueError):
    """The range begins behind the end of the file."""


def asked_range(header, size):
    """(first, last) byte that a Range header asks for, inclusive; None: the whole file.

    Several ranges, or what cannot be read, give the whole file, as HTTP allows.
    """
    match = _RANGE.match(header.replace(" ", ""))
    if not match or match.group(0) == "bytes=-":
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        if not int(last) or not size:
            raise NotSatisfiable
        return max(size - int(last), 0), size - 1
    first = int(first)
    if last and int(last) < first:
        return None
    if first >= size:
        raise NotSatisfiable
    return first, min(int(last), size - 1) if last else size - 1


class Part:
    """An open file that ends after the given number of bytes."""

    def __init__(self, file, first, length):
        self.file, self.left = file, length
        file.seek(first)

    def read(self, size=-1):
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        piece = self.file.read(wanted)
        self.left -= len(piece)
        return piece

    def close(self):
        self.file.close()
