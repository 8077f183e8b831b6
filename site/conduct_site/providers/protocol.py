"""Talking with an identity provider by OpenID Connect: what is sent, and which answers are believed."""

from secrets import token_urlsafe
from time import time

import jwt
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from requests import RequestException

from conduct_site.providers.configured import IdentityProvider, is_usable_address, provider_with

# Signed with the provider's private key; "none" and secrets that both sides know are not among them.
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLOCKS_DIFFER_SECONDS = 30
SUBJECT_CHARACTERS = 191
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
AGAIN = "again"


class ProviderSilent(OAuth2Error):
    """The provider did not answer, or not in a way that can be read."""


class AnswerNotBelieved(OAuth2Error):
    """What came back is not proved to be the provider's answer to this visitor's question."""


class Conversation(OpenIDConnectOAuth2Adapter):
    """One login at one provider. Only the signed ID token is believed, and nothing else is asked for."""

    @property
    def openid_config(self) -> dict:
        if not hasattr(self, "_openid_config"):
            self._openid_config = self._discovered()
        return self._openid_config

    def _discovered(self) -> dict:
        """What the server says about itself; it must be the one of the settings, and speak https throughout."""
        provider = self.get_provider().identity
        said = self._get_json(f"{provider.server.rstrip('/')}/.well-known/openid-configuration")
        issuer = said.get("issuer")
        if not isinstance(issuer, str) or issuer.rstrip("/") != provider.server.rstrip("/"):
            raise AnswerNotBelieved("issuer")
        if not all(is_usable_address(said.get(name)) for name in ENDPOINTS):
            raise AnswerNotBelieved("endpoints")
        # The content policy of the login page lets the browser go to the provider's own host and to no other.
        if not said["authorization_endpoint"].startswith(f"{provider.origin}/"):
            raise AnswerNotBelieved("authorization endpoint")
        return said

    def _get_json(self, address: str) -> dict:
        from allauth.socialaccount.adapter import get_adapter

        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(address)
                answer.raise_for_status()
                said = answer.json()
        except (RequestException, ValueError) as problem:
            raise ProviderSilent(type(problem).__name__) from None
        if answer.status_code != 200 or not isinstance(said, dict):
            raise ProviderSilent("answer")
        return said

    def get_callback_url(self, request, app) -> str:
        return build_absolute_uri(request, reverse("provider_callback", args=[self.provider_id]))

    def get_access_token_data(self, request, app, client, pkce_code_verifier=None) -> dict:
        try:
            return super().get_access_token_data(request, app, client, pkce_code_verifier)
        except RequestException as problem:
            raise ProviderSilent(type(problem).__name__) from None
        except OAuth2Error:  # its words hold the provider's whole answer
            raise AnswerNotBelieved("code") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ProviderSilent("token answer") from None

    def parse_token(self, data: dict) -> SocialToken:
        """Nothing is done with the access token, so nothing is kept of it."""
        return SocialToken(token="")

    def complete_login(self, request, app, token, **kwargs):
        response = kwargs["response"]
        id_token = response.get("id_token") if isinstance(response, dict) else None
        if not isinstance(id_token, str):
            raise AnswerNotBelieved("no ID token")
        return self.get_provider().sociallogin_from_response(request, self._claims(app, id_token))

    def _claims(self, app, id_token: str) -> dict:
        """What the ID token says, once its signature, sender, addressee and times are found right."""
        try:
            claims = jwt.decode(
                id_token,
                key=self._key_of(id_token),
                algorithms=SIGNATURES,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_DIFFER_SECONDS,
                options={"require": REQUIRED},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as problem:
            raise AnswerNotBelieved(type(problem).__name__) from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else app.client_id) != app.client_id:
            raise AnswerNotBelieved("azp")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= SUBJECT_CHARACTERS:
            raise AnswerNotBelieved("sub")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """The provider's key with which the token says it is signed; its only one where the token does not say."""
        kid = jwt.get_unverified_header(id_token).get("kid")
        keys = jwt.PyJWKSet.from_dict(self._get_json(self.openid_config["jwks_uri"])).keys
        fitting = [key for key in keys if key.public_key_use in (None, "sig") and kid in (None, key.key_id)]
        if len(fitting) != 1:
            raise AnswerNotBelieved("key")
        return fitting[0]


class MinistryProvider(OpenIDConnectProvider):
    """An identity provider of the settings, in the words of the library that leads the login."""

    id = "ministry"
    name = "Ministry"
    oauth2_adapter_class = Conversation
    pkce_enabled_default = True

    @property
    def identity(self) -> IdentityProvider:
        return provider_with(self.app.provider_id)

    def begin(self, request, *, next_url: str | None, again: bool):
        """Send the visitor to the provider. Nothing of the address decides what is asked there.

        The provider is told to ask for the password even of somebody whom it knows already: computers are shared,
        and who logs out here has not logged out there.
        """
        nonce = token_urlsafe(32)
        asked = {"prompt": "login", "nonce": nonce, "ui_locales": get_language()}
        process = AGAIN if again else "login"
        kept = {"nonce": nonce, "begun": int(time())}
        return self.redirect(request, process, next_url, auth_params=asked, scope=["openid"], **kept)

    def sociallogin_from_response(self, request, response: dict):
        login = super().sociallogin_from_response(request, response)
        login.claims = response
        return login

    def extract_uid(self, data: dict) -> str:
        return data["sub"]

    def extract_extra_data(self, data: dict) -> dict:
        """The number that a provider gives somebody is kept, and nothing else that it says of them."""
        return {}

    def extract_common_fields(self, data: dict) -> dict:
        return {}

    def extract_email_addresses(self, data: dict) -> list:
        """Nobody is found by e-mail address."""
        return []


def is_answer_to(login) -> bool:
    """True if the ID token was made for this login: it carries the word that only this visit sent."""
    sent, came = login.state.get("nonce"), login.claims["nonce"]
    return bool(sent) and isinstance(came, str) and constant_time_compare(sent, came)


def number_in(claims: dict, provider: IdentityProvider) -> str:
    """The staff number that the provider vouches for; "" where it names none, or does not stand by it.

    A number is a text: written as a figure it has lost its zeros.
    """
    if provider.verified_claim and claims.get(provider.verified_claim) is not True:
        return ""
    number = claims.get(provider.claim)
    return number.strip()[:60] if isinstance(number, str) else ""
