"""An OpenID Connect provider on this machine, which a test can make lie in every way."""

import base64
import hashlib
import json
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "conduct", "a secret of the provider"


@cache
def key_of(kid):
    """A private key under a name; making one takes a moment, so each is made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(kid):
    said = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key_of(kid).public_key()))
    return said | {"kid": kid, "use": "sig", "alg": "RS256"}


class FakeProvider:
    """What it says of the next visitor is `claims`; `token` makes the ID token, `discovery` overrides what it is."""

    def __init__(self):
        self.claims, self.discovery, self.asked = {}, {}, []
        self.token_answer = None
        self.make_token = self.signed
        self._codes = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self.issuer = f"{self.base}/realms/moh"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def entry(self, **facts):
        """What the settings say of it."""
        return {
            "id": "moh",
            "name": {"km": "ក្រសួងសុខាភិបាល", "en": "Ministry of Health"},
            "server": self.issuer,
            "client_id": CLIENT_ID,
            "secret": SECRET,
            "claim": "staff_number",
            "register": "moh",
            **facts,
        }

    def consent(self, address):
        """The visitor logs in there: the query with which the browser is sent back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return asked, {"code": code, "state": asked["state"]}

    def said_of(self, asked):
        """The claims of an honest ID token, and what the test would have it say instead."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "f:1", "iat": now, "exp": now + 300, "auth_time": now}
        said |= {"nonce": asked["nonce"], "email": "sok.chan@example.org", "name": "Sok Chan"} | self.claims
        return {name: value for name, value in said.items() if value is not None}

    def signed(self, claims):
        return jwt.encode(claims, key_of("one"), algorithm="RS256", headers={"kid": "one"})

    def answer(self, path, form):
        """Number and content of the answer to a request of the site."""
        self.asked.append((path, form))
        if path.endswith("/.well-known/openid-configuration"):
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/certs",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            } | self.discovery
        if path.endswith("/certs"):
            return 200, {"keys": [public_jwk("one"), public_jwk("two") | {"use": "enc"}]}
        if path.endswith("/token"):
            return self.token_answer or self._token(form)
        return 404, {}

    def _token(self, form):
        asked = self._codes.pop(form.get("code"), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        right = asked and form["client_secret"] == SECRET and form["redirect_uri"] == asked["redirect_uri"]
        if not right or asked.get("code_challenge") != proof.rstrip(b"=").decode():
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": self.make_token(self.said_of(asked))}


def _handler_of(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form):
            status, said = provider.answer(urlsplit(self.path).path, form)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    return Handler
