"""A receiver of webhooks on this machine, over TLS, that answers as a test tells it to."""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def answer(code, **headers):
    """A way to answer: this code, these headers, no body."""

    def behave(handler):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


def endless(handler):
    """Says yes, and then never stops talking."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        handler.server.cut_off.set()


def endless_headers(handler):
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(b"x: " + b"x" * 1000 + b"\r\n")
    except OSError:
        handler.server.cut_off.set()


def drop(handler):
    """Hangs up without a word."""
    handler.close_connection = True
    handler.connection.shutdown(2)


def slowly(seconds):
    """A letter of the first line every so many seconds."""

    def behave(handler):
        try:
            for letter in b"HTTP/1.1 200 OK\r\n\r\n":
                handler.wfile.write(bytes([letter]))
                time.sleep(seconds)
        except OSError:
            handler.server.cut_off.set()

    return behave


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        server.got.append((self.path, dict(self.headers), body))
        behave = server.behaviour.pop(0) if server.behaviour else answer(204)
        behave(self)

    def log_message(self, *args):
        pass


class Receiver(ThreadingHTTPServer):
    """got holds (path, headers, body) of each request; behaviour, how the next ones are answered."""

    daemon_threads = True

    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context, self.got, self.behaviour = context, [], []
        self.cut_off = threading.Event()

    @property
    def port(self):
        return self.server_address[1]

    @property
    def address(self):
        return f"https://localhost:{self.port}/hook?key=1"

    def finish_request(self, request, client_address):
        try:
            with self.context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except OSError:
            pass

    def shutdown_request(self, request):
        self.close_request(request)


@contextmanager
def receiving(folder, monkeypatch, settings):
    """A running receiver whose certificate the site trusts and whose host the operator has named."""
    chain, key = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    server = Receiver(context)
    settings.CONDUCT_WEBHOOK_HOSTS = [f"localhost:{server.port}"]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_certificate(folder):
    """A certificate for localhost that signs itself, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "receiver.pem", folder / "receiver.key"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return chain, secret


def verified(secret, headers, body):
    """What the text of the standard tells a receiver to do, with nothing of ours."""
    key = base64.b64decode(secret[len("whsec_") :])
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [each.partition(",") for each in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(each, right) for version, _comma, each in given)
