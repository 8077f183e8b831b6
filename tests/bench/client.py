"""Requests as fast as a server answers them: kept connections, one thread each, nothing read but what is needed."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial


def rate(port, path, *, seconds, connections, cookie=""):
    """Answers per second to requests for the path over so many connections, with the cookie of an account or none."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept-Encoding: gzip",
        "Accept-Language: km",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    begun = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        asking = [pool.submit(partial(_ask, port, request, begun + seconds)) for _each in range(connections)]
        answers = sum(each.result() for each in asking)
    return answers / (time.perf_counter() - begun)


def _ask(port, request, deadline):
    """How many answers came before the deadline; the server may close a connection after any of them."""
    answers = 0
    while time.perf_counter() < deadline:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
            connection.makefile("rb") as stream,
        ):
            closing = False
            while not closing and time.perf_counter() < deadline:
                connection.sendall(request)
                status, closing = _read(stream)
                if status != b"200":
                    raise RuntimeError(f"{request.splitlines()[0]!r} was answered with {status!r}")
                answers += 1
    return answers


def _read(stream):
    """The status of one answer, and whether the server closes after it."""
    status = stream.readline().split(b" ")[1:2]
    length, closing = 0, False
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _colon, value = line.lower().partition(b":")
        if name == b"content-length":
            length = int(value)
        elif name == b"connection":
            closing = value.strip() == b"close"
    stream.read(length)
    return b"".join(status), closing
