"""Pages of another origin: let in where an operator has named it, on refusals too, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.composition import process
from chalicelib.settings import Settings, SettingsError
from testbed.fakes.service import service_on
from tests.api.test_gateway import _call
from tests.docs.tables import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.town import Town

ORIGIN = "https://pages.example"


@pytest.fixture
def _open(town: Town) -> Iterator[None]:
    with process.using(service_on(town.world, cors_origin=ORIGIN)):
        yield


@pytest.mark.usefixtures("_open")
@pytest.mark.parametrize(("path", "status"), [("/webhooks", 200), ("/audit", 200), ("/health", 200)])
def test_an_answer_lets_the_named_origin_read_it(town: Town, path: str, status: int) -> None:
    answer = _call(town, "GET", path)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, ORIGIN)
    assert "Link" in answer.headers["access-control-expose-headers"]


@pytest.mark.usefixtures("_open")
def test_a_refusal_does_too(town: Town) -> None:
    answer = _call(town, "GET", "/webhooks", headers={"Authorization": "nonsense"})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (401, ORIGIN)


@pytest.mark.usefixtures("_open")
def test_a_preflight_hears_which_methods_and_headers_there_are(town: Town) -> None:
    answer = _call(town, "OPTIONS", "/webhooks")
    assert (answer.status, answer.text) == (204, "")
    assert set(answer.headers["access-control-allow-methods"].split(", ")) == {"GET", "POST"}
    assert "Authorization" in answer.headers["access-control-allow-headers"]


def test_nobody_is_let_in_by_default(town: Town) -> None:
    assert "access-control-allow-origin" not in _call(town, "GET", "/webhooks").headers
    assert _call(town, "OPTIONS", "/webhooks").status == 405


@pytest.mark.parametrize("origin", ["https://a.example/path", "a.example", "'", "https://a.example'", "null"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    assert DEFAULTS.cors_origin == ""
    with pytest.raises(SettingsError, match="CORS_ORIGIN"):
        Settings.from_environment({"CORS_ORIGIN": origin})
