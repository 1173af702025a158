"""A small OpenID Connect provider on a port of its own, which says of its one person whatever a test wants."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "packshot", "a shared secret"


@dataclass
class Provider:
    url: str
    person: dict[str, Any] = field(default_factory=dict)
    """The claims of who is signed in there; without a ``sub`` they refuse to go on."""
    signer: str = CLIENT
    """For whom its tokens are."""
    issuer: str = ""
    """Who its tokens say they are from, when that is not itself."""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def discovery(self) -> dict[str, Any]:
        names = ("authorization", "token", "userinfo")
        return {f"{name}_endpoint": f"{self.url}/{name}" for name in names} | {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on."""
        answer = {"state": query["state"]}
        if "sub" in self.person:
            answer["code"] = secrets.token_urlsafe()
            self.asked[answer["code"]] = query
        else:
            answer["error"] = "access_denied"
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens; nothing for who cannot prove that they asked."""
        query = self.asked.pop(form["code"], {})
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        client = (form.get("client_id"), form.get("client_secret"), form.get("redirect_uri"))
        if client != (CLIENT, SECRET, query.get("redirect_uri")) or query.get("code_challenge") != proof.rstrip("="):
            return None
        now = int(time.time())
        claims = self.person | {"iss": self.issuer or self.url, "aud": self.signer, "iat": now, "exp": now + 60}
        return {
            "access_token": "for userinfo",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"}),
        }

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}


class _Desk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._answer(provider.discovery())
            case "/authorization":
                self.send_response(302)
                self.send_header("Location", provider.authorize(_flat(parts.query)))
                self.end_headers()
            case "/userinfo":
                self._answer(provider.person)
            case "/jwks":
                self._answer(provider.jwks())

    def do_POST(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        tokens = provider.token(_flat(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self._answer(tokens or {"error": "invalid_grant"}, status=200 if tokens else 400)

    def _answer(self, facts: dict[str, Any], *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(facts).encode())

    def log_message(self, *_: object) -> None:
        """Quietly."""


def _flat(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text).items()}


@contextmanager
def provider() -> Iterator[Provider]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Desk) as server:
        server.provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.provider  # type: ignore[attr-defined]
        server.shutdown()
