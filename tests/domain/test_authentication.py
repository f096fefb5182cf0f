"""How requests authenticate: what stands in the header, and what cannot."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import RefusedHeader
from chalicelib.domain.webhooks import authentication, headers
from chalicelib.domain.webhooks.authentication import (
    Authentication,
    AuthenticationDraft,
    BasicAuthentication,
    BearerAuthentication,
    ClientAuthentication,
    OAuth2Authentication,
)

URL = "https://login.example/token"
OAUTH2 = OAuth2Authentication(URL, "client", "hush", "a b")


@pytest.mark.parametrize(
    ("given", "token", "value"),
    [
        (None, None, None),
        # RFC 7617, 2 and 2.1.
        (BasicAuthentication("Aladdin", "open sesame"), None, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        (BasicAuthentication("test", "123£"), None, "Basic dGVzdDoxMjPCow=="),
        (BearerAuthentication("mF_9.B5f-4.1JqM"), None, "Bearer mF_9.B5f-4.1JqM"),
        (OAUTH2, "t0ken", "Bearer t0ken"),
    ],
)
def test_each_way_has_its_value(given: Authentication | None, token: str | None, value: str | None) -> None:
    assert authentication.value(given, token) == value


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("given", "member"),
    [
        (BasicAuthentication("a:b", "c"), "username"),
        (BasicAuthentication("", "c"), "username"),
        (BasicAuthentication("a\n", "c"), "username"),
        (BasicAuthentication("a", "c\x00"), "password"),
        (BasicAuthentication("a", "\ud800"), "password"),
        (BearerAuthentication(""), "token"),
        (BearerAuthentication("a b"), "token"),
        (BearerAuthentication("a\r\nhost: evil"), "token"),
        (BearerAuthentication("ü"), "token"),
        (OAuth2Authentication(URL, "\n", "hush"), "clientId"),
        (OAuth2Authentication(URL, "client", "hush\n"), "clientSecret"),
        (OAuth2Authentication(URL, "a:b", "hush", None, ClientAuthentication.BASIC_RAW), "clientId"),
    ],
)
def test_what_makes_no_header_is_refused(given: Authentication, member: str) -> None:
    with pytest.raises(RefusedHeader) as caught:
        AuthenticationDraft(given).completed(None)
    assert list(caught.value.fields) == [f"authentication.{member}"]
    assert "hush" not in caught.value.message


@pytest.mark.parametrize(
    ("written", "kept", "complete"),
    [
        (BasicAuthentication("b", ""), BasicAuthentication("a", "hush"), BasicAuthentication("b", "hush")),
        (BearerAuthentication(""), BearerAuthentication("hush"), BearerAuthentication("hush")),
        (OAuth2Authentication(URL, "other", ""), OAUTH2, OAuth2Authentication(URL, "other", "hush")),
    ],
)
def test_the_secret_that_is_there_can_be_kept(
    written: Authentication, kept: Authentication, complete: Authentication
) -> None:
    assert AuthenticationDraft(written, keeps_secret=True).completed(kept) == complete


@pytest.mark.parametrize(
    ("written", "kept", "member"),
    [
        (BasicAuthentication("a", ""), None, "password"),
        (BearerAuthentication(""), BasicAuthentication("a", "hush"), "token"),
        (OAuth2Authentication(URL, "client", ""), BearerAuthentication("hush"), "clientSecret"),
        (OAuth2Authentication("https://elsewhere.example/", "client", ""), OAUTH2, "clientSecret"),
    ],
)
def test_a_secret_of_something_else_is_not_kept(written: Authentication, kept: Authentication | None, member: str) -> None:
    with pytest.raises(RefusedHeader) as caught:
        AuthenticationDraft(written, keeps_secret=True).completed(kept)
    assert list(caught.value.fields) == [f"authentication.{member}"]


def test_an_authorization_of_ones_own_does_not_stand_beside_another() -> None:
    own = (("authorization", "hush"),)
    authentication.require_one(own, None)
    authentication.require_one((), OAUTH2)
    with pytest.raises(RefusedHeader):
        authentication.require_one(own, OAUTH2)


@pytest.mark.parametrize("given", [BasicAuthentication("a", "hush"), BearerAuthentication("hush"), OAUTH2])
def test_a_secret_does_not_stand_in_the_repr(given: Authentication) -> None:
    assert "hush" not in repr(given)


def test_headers_are_replaced_and_values_kept_where_they_are_asked_for() -> None:
    kept = (("x-a", "1"), ("x-b", "2"))
    assert headers.replaced({"X-A": None, "x-c": "3"}, kept) == (("x-a", "1"), ("x-c", "3"))


def test_a_value_that_is_not_there_cannot_be_kept() -> None:
    with pytest.raises(RefusedHeader) as caught:
        headers.replaced({"X-A": None}, (("x-b", "2"),))
    assert list(caught.value.fields) == ["headers.X-A"]


def test_what_is_kept_of_a_request_hides_every_value_but_the_services_own() -> None:
    own = (("content-type", "application/json"), ("user-agent", "Posthorn/1"), ("webhook-id", "msg_1"))
    assert headers.masked((*own, ("x-a", "hush"), ("Authorization", "hush"))) == (
        *own,
        ("x-a", "***"),
        ("Authorization", "***"),
    )
