"""One POST to a receiver: no redirect, no proxy, no second look at the name, and never longer than ten seconds."""

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass

from exports.models import Delivery
from exports.webhook_addresses import HTTPS, AddressRefused, parse, resolve

CONNECT_SECONDS = 5
WHOLE_SECONDS = 10
READ_AT_MOST, READ_AT_ONCE = 64 * 1024, 8 * 1024
Failure = Delivery.Failure


@dataclass(frozen=True)
class Answer:
    """What came of a try: the code of an answer, or why there was none."""

    code: int | None = None
    failure: str = ""


def post(address, *, body, headers):
    """Send the body to the address and return what came of it; never raises for what a receiver does."""
    deadline = time.monotonic() + WHOLE_SECONDS
    try:
        target = parse(address)
        found = resolve(target, seconds=CONNECT_SECONDS)
    except AddressRefused:
        return Answer(failure=Failure.ADDRESS)
    except OSError:
        return Answer(failure=Failure.NAME)
    connection = _Connection(target, found, deadline)
    try:
        connection.request("POST", target.path, body=body, headers=headers)
        with connection.getresponse() as response:
            _read_and_forget(response)
            return Answer(code=response.status)
    except TimeoutError:
        return Answer(failure=Failure.TIME)
    except ssl.SSLError:
        return Answer(failure=Failure.TRUST)
    except (OSError, http.client.HTTPException):
        return Answer(failure=Failure.CONNECTION)
    finally:
        connection.hang_up()


def _read_and_forget(response):
    """Take the answer off the line, so that the receiver need not meet a closed one; the code is there already."""
    try:
        while response.read(READ_AT_ONCE):
            pass
    except (OSError, http.client.HTTPException):
        pass


class _Connection(http.client.HTTPConnection):
    """A connection over TLS to exactly these network addresses, whatever the name leads to by now."""

    default_port = HTTPS

    def __init__(self, target, found, deadline):
        super().__init__(target.host, target.port)
        self._target, self._found, self._deadline = target, found, deadline
        self._secured = None

    def connect(self):
        plain = self._reach()
        try:
            plain.settimeout(_left(self._deadline))
            self._secured = ssl.create_default_context().wrap_socket(plain, server_hostname=self._target.host)
        except BaseException:
            plain.close()
            raise
        self.sock = _Bounded(self._secured, self._deadline)

    def hang_up(self):
        if self._secured:
            self._secured.close()

    def _reach(self):
        until = min(time.monotonic() + CONNECT_SECONDS, self._deadline)
        for place, address in enumerate(self._found, start=1):
            try:
                return socket.create_connection((address, self._target.port), timeout=_left(until))
            except OSError:
                if place == len(self._found):
                    raise


class _Bounded:
    """What http.client uses of a socket, with one deadline for all of it instead of one for each read."""

    def __init__(self, sock, deadline):
        self._sock, self._deadline = sock, deadline

    def sendall(self, data):
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, mode):
        return io.BufferedReader(_Reads(self._sock, self._deadline), READ_AT_ONCE)

    def close(self):
        """Nothing: http.client lets go of a socket while its answer is still read; hang_up() ends it."""


class _Reads(io.RawIOBase):
    """What comes from the receiver: until the deadline, and only so much of it."""

    def __init__(self, sock, deadline):
        self._sock, self._deadline, self._room = sock, deadline, READ_AT_MOST

    def readable(self):
        return True

    def readinto(self, buffer):
        if self._room <= 0:
            raise http.client.HTTPException("The answer is too long.")
        self._sock.settimeout(_left(self._deadline))
        read = self._sock.recv_into(buffer, min(len(buffer), self._room))
        self._room -= read
        return read


def _left(deadline):
    """Seconds until the deadline; TimeoutError where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
