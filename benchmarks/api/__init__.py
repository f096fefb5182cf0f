"""The API by route, and the cold start of every function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.api import imports, routes
from benchmarks.figures import Figure, Findings
from testbed.cold_starts import HANDLERS

if TYPE_CHECKING:
    from benchmarks.api.imports import Cold
    from benchmarks.api.routes import Measured


_OF_A_ROUTE: Final = (
    "Of a route: app(event, context) in one process, requests to ministack on loopback, the API key known to the process "
    "(it is read once in 10 s); the span ends at p99."
)
_OF_A_FUNCTION: Final = (
    "Of a function: CPU of a fresh process that sees the package and the standard library alone. Lambda gives INIT a full "
    "core, and INVOKE on 512 MB 0.29 of one, so the first event takes some three times its CPU. AWS answers on loopback, "
    "without TLS."
)


def measure(*, is_quick: bool) -> Findings:
    """Measure requests by route, on an engine on loopback, and cold starts from the package as deployed."""
    found = routes.measured(5 if is_quick else 300)
    with imports.unpacked() as tree:
        names = ["Deliver", "APIHandler"] if is_quick else list(HANDLERS)
        colds = {name: imports.measured(tree, name, 1 if is_quick else 15) for name in names}
    figures = [figure for each in found for figure in _of_route(each)]
    figures += [figure for name, cold in colds.items() for figure in _of_function(name, cold, colds["APIHandler"])]
    return Findings(
        figures=figures,
        notes=[_OF_A_ROUTE, _asked(found), _OF_A_FUNCTION],
    )


def _of_route(found: Measured) -> list[Figure]:
    requests = sum(found.requests.values())
    return [
        Figure(
            what=found.call.route,
            steady=requests,
            of="requests to AWS",
            absolute=routes.p50_and_p99(found.cpu_ms),
            unit="CPU-ms, to p99",
        ),
        Figure(
            what=f"{found.call.route}, in time",
            steady=requests,
            of="requests to AWS",
            absolute=routes.p50_and_p99(found.wall_ms),
            unit="ms, to p99",
        ),
    ]


def _of_function(name: str, cold: Cold, api: Cold) -> list[Figure]:
    return [
        Figure(
            what=f"cold start of {name}, INIT",
            steady=cold.init.median / api.init.median,
            of="times the API's",
            absolute=cold.init,
            unit="CPU-ms",
            absolute_at_most=imports.AIMS_MS.get(name),
        ),
        Figure(
            what=f"cold start of {name}, first INVOKE",
            steady=cold.invoke.median / api.invoke.median,
            of="times the API's",
            absolute=cold.invoke,
            unit="CPU-ms",
        ),
    ]


def _asked(found: list[Measured]) -> str:
    """Which requests to AWS each route makes, in a sentence."""
    sentences = [f"{each.call.route}: {_counted(each)}" for each in found]
    return f"Requests: {'; '.join(sentences)}."


def _counted(found: Measured) -> str:
    return ", ".join(f"{count} {name}" for name, count in found.requests.items()) or "none"
