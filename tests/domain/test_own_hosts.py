"""The service's own hosts, in every spelling."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import RefusedUrl
from chalicelib.domain.webhooks.own_hosts import of_gateway, require_foreign

OWN = {"hooks.example.com", "localhost:8000", "[::1]:8000", "a1b2c3.execute-api."}


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/notifications",
        "https://HOOKS.example.com:443/",
        "https://hooks.example.com:8443/notifications",
        "http://localhost:8000/notifications",
        "http://[::1]:8000/notifications",
        "http://[0:0:0:0:0:0:0:1]:8000/notifications",
        "https://a1b2c3.execute-api.eu-central-1.amazonaws.com/api/notifications",
        "https://a1b2c3.execute-api.cn-north-1.amazonaws.com.cn/api/notifications",
        "https://a1b2c3-vpce-0123abc.execute-api.eu-central-1.amazonaws.com/api",
    ],
)
def test_one_of_them_is_refused(url: str) -> None:
    with pytest.raises(RefusedUrl) as refused:
        require_foreign(url, OWN)
    assert "itself" in refused.value.fields["url"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/notifications",
        "https://not-hooks.example.com/",
        "https://hooks.example.com.example.org/",
        "http://localhost:8001/",
        "http://localhost/",
        "https://d4e5f6.execute-api.eu-central-1.amazonaws.com/api/notifications",
        "https://xa1b2c3.execute-api.eu-central-1.amazonaws.com/api",
    ],
)
def test_any_other_is_not(url: str) -> None:
    require_foreign(url, OWN)


@pytest.mark.parametrize(("given", "expected"), [("a1b2c3", "a1b2c3.execute-api."), (None, None), ("", None), ("a.b", None)])
def test_an_id_of_an_api_stands_for_its_names(given: str | None, expected: str | None) -> None:
    assert of_gateway(given) == expected
