"""The client credentials grant: what is asked, and what is taken for an answer."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qsl, unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.attempt import FailureCause, OutboundRequest, Response
from chalicelib.domain.webhooks import oauth2
from chalicelib.domain.webhooks.authentication import ClientAuthentication, OAuth2Authentication
from chalicelib.domain.webhooks.oauth2 import Denial, Grant
from tests.delivery.granting import TOKEN_URL, granting
from tests.domain.samples import broken, exchange

CLIENT = OAuth2Authentication(TOKEN_URL, "client", "s3cret", "webhooks:write read")


def _request(client: OAuth2Authentication) -> OutboundRequest:
    return oauth2.token_request(client, 7, user_agent="Acme/1", may_reach_private=False)


def test_the_request_is_a_form_with_the_client_in_its_header() -> None:
    request = _request(CLIENT)
    assert (request.url, request.deadline_s) == (TOKEN_URL, 7)
    assert request.body == b"grant_type=client_credentials&scope=webhooks%3Awrite+read"
    assert dict(request.headers)["content-type"] == "application/x-www-form-urlencoded"
    assert dict(request.headers)["authorization"] == "Basic " + base64.b64encode(b"client:s3cret").decode()


@pytest.mark.parametrize("way", ClientAuthentication)
def test_a_request_for_a_token_says_who_asks_and_what_it_takes(way: ClientAuthentication) -> None:
    request = _request(replace(CLIENT, client_authentication=way))
    assert dict(request.headers).items() >= {"user-agent": "Acme/1", "accept": "application/json"}.items()
    assert request.has_secret_body


def test_in_the_body_the_client_is_in_the_form_and_in_no_header() -> None:
    client = OAuth2Authentication(TOKEN_URL, "client:1", "s&=+ü", None, ClientAuthentication.BODY)
    request = _request(client)
    form = [("grant_type", "client_credentials"), ("client_id", "client:1"), ("client_secret", "s&=+ü")]
    assert parse_qsl(request.body.decode()) == form
    assert "authorization" not in dict(request.headers)


def test_a_raw_header_has_the_client_as_it_is() -> None:
    client = OAuth2Authentication(TOKEN_URL, "a b", "s&=+:ü", None, ClientAuthentication.BASIC_RAW)
    request = _request(client)
    assert base64.b64decode(dict(request.headers)["authorization"].removeprefix("Basic ")).decode() == "a b:s&=+:ü"
    assert parse_qsl(request.body.decode()) == [("grant_type", "client_credentials")]


def test_without_a_scope_none_is_asked_for() -> None:
    request = _request(OAuth2Authentication(TOKEN_URL, "client", "s3cret"))
    assert parse_qsl(request.body.decode()) == [("grant_type", "client_credentials")]


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_any_id_and_secret_arrive_however_they_are_written(client_id: str, client_secret: str) -> None:
    request = _request(OAuth2Authentication(TOKEN_URL, client_id, client_secret))
    word = dict(request.headers)["authorization"].removeprefix("Basic ")
    assert list(map(unquote_plus, base64.b64decode(word).decode("ascii").split(":"))) == [client_id, client_secret]


@pytest.mark.parametrize(
    ("expires_in", "use_s"),
    [(3600, 3240), ("3600", 3240), (60, 50), (100, 90), (10, 0), (0, 0), (None, 300), (10**9, 77_760)],
)
def test_a_token_is_used_until_shortly_before_it_ends(expires_in: object, use_s: float) -> None:
    assert oauth2.granted(exchange(response=granting(expires_in=expires_in))) == Grant("t0ken", use_s)


@pytest.mark.parametrize("token_type", ["Bearer", "bearer", "BEARER"])
def test_the_type_of_a_token_may_be_in_any_case(token_type: str) -> None:
    assert isinstance(oauth2.granted(exchange(response=granting(token_type=token_type))), Grant)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (granting(access_token=None), "access_token"),
        (granting(""), "access_token"),
        (granting("a b"), "access_token"),
        (granting("a\r\nx-evil: 1"), "access_token"),
        (granting("ü"), "access_token"),
        (granting("x" * 8_193), "access_token"),
        (granting(access_token=["hush"]), "access_token"),
        (granting(token_type=None), "token_type"),
        (granting(token_type="mac"), "token_type"),
        (granting(token_type=1), "token_type"),
        (granting(expires_in=-1), "expires_in"),
        (granting(expires_in=1.5), "expires_in"),
        (granting(expires_in=True), "expires_in"),
        (granting(expires_in="soon"), "expires_in"),
        (granting(expires_in=[]), "expires_in"),
        (Response(200, (), b"hush"), "not a JSON object"),
        (Response(200, (), b'["hush"]'), "not a JSON object"),
        (Response(200, (), b"\xff"), "not a JSON object"),
        (Response(200, (), b"[" * 100_000), "not a JSON object"),
        (Response(200, (), b'{"expires_in":' + b"9" * 5_000 + b"}"), "not a JSON object"),
        (Response(200, (), granting().body[:-1], is_truncated=True), "not a JSON object"),
        (Response(302, (("location", "http://127.0.0.1/"),), b"hush"), "answered 302"),
        (Response(400, (), b'{"error":"invalid_client","error_description":"hush"}'), "answered 400"),
        (Response(401, (), b"hush"), "answered 401"),
        (Response(503, (), b"hush"), "answered 503"),
    ],
)
def test_what_is_no_grant_says_why_and_nothing_of_what_was_written(answer: Response, said: str) -> None:
    outcome = oauth2.granted(exchange(response=answer))
    assert isinstance(outcome, Denial)
    assert said in outcome.message
    assert "hush" not in outcome.message


def test_a_grant_that_came_whole_counts_although_its_answer_broke_off() -> None:
    whole = Response(200, (), granting().body, is_truncated=True)
    outcome = oauth2.granted(
        exchange(response=whole, detail="Its body is incomplete: the receiver closed the connection early.")
    )
    assert isinstance(outcome, Grant)


@pytest.mark.parametrize("cause", [FailureCause.DNS, FailureCause.TIMEOUT, FailureCause.BLOCKED_ADDRESS])
def test_an_exchange_that_breaks_off_is_no_grant(cause: FailureCause) -> None:
    outcome = oauth2.granted(broken(cause, response=granting()))
    assert outcome == Denial(f"There is no token: the request to the token server failed ({cause}).")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each, max_size=2)))
def test_whatever_a_server_writes_for_a_token_either_fits_on_one_line_or_is_refused(written: object) -> None:
    body = json.dumps({"access_token": written, "token_type": "bearer"}).encode()
    outcome = oauth2.granted(exchange(response=Response(200, (), body)))
    if isinstance(outcome, Grant):
        assert outcome.token.isascii()
        assert outcome.token.isprintable()
        assert " " not in outcome.token


def test_a_grant_hides_its_token() -> None:
    assert "t0ken" not in repr(Grant("t0ken", 1))
