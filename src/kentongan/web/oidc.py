"""The outside provider's answer, checked more strictly than the library does by itself.

The ID token's signature is verified although it came over the provider's own connection, the discovery document must name
the issuer that the installation trusts, and the profile must be about the same subject as the token.
"""

from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from requests import RequestException

PROVIDER = "oidc"


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """Takes nothing from the provider on trust but its keys."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return the sign-in of the subject that the signed ID token and the profile agree on."""
        if self.openid_config.get("issuer", "").rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error("the discovery document names another issuer")
        signed = kwargs["response"].get("id_token")
        if not signed:
            raise OAuth2Error("no ID token")
        claims = self._decode_id_token(app, signed)
        profile = self._fetch_user_info(token.token)
        if not claims.get("sub") or profile.get("sub") != claims["sub"]:
            raise OAuth2Error("the profile is about another subject")
        told = {"userinfo": profile, "id_token": claims}
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, told)
        login.claims = told  # for the entrance to judge
        login.account.extra_data = {}  # the library would keep the provider's profile of the officer
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


def login(request: HttpRequest) -> HttpResponse:
    """Lead to the outside provider, with a state and a PKCE challenge of this session."""
    return _view(OAuth2LoginView, request)


def callback(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer."""
    return _view(OAuth2CallbackView, request)


def _view(view: Any, request: HttpRequest) -> HttpResponse:
    if not settings.OIDC_ISSUER:
        raise Http404
    adapter = StrictAdapter(request, PROVIDER)
    try:
        answer: HttpResponse = view.adapter_view(adapter)(request)
    except RequestException as fault:  # before its first step the library does not expect that there is no provider
        answer = render_authentication_error(request, adapter.get_provider(), exception=fault)
    return answer
