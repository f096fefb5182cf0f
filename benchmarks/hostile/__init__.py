"""What one hostile user costs another one, through `make run`.

One user owns a webhook that answers at once. First there is nobody else: the user's notifications are sent alone, and then
in one batch with nine that match no webhook. The attack is compared with these batches. Then a hostile user has 100 webhooks
with the most expensive filter, another one keeps 40 tests running against webhooks that never answer, and notifications with
the most expensive schemas are sent. Each notification of the first user is in one batch with nine that match the 100
filters.
"""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.engine.running import Running
    from benchmarks.figures import Figure, Findings
    from benchmarks.hostile.attack import Attack
    from benchmarks.receiver import Receiver


class Size(NamedTuple):
    """How many notifications the other user gets alone, in undisturbed batches, and in batches of the attack."""

    alone: int
    undisturbed: int
    attacked: int


FULL: Final = Size(100, 200, 20)
QUICK: Final = Size(8, 8, 2)
_PER_S: Final = 4.0
_BATCH_EVERY_S: Final = 10.0
AT_MOST: Final = 2.0
"""The aim: the other user's p99 under attack, as a multiple of the undisturbed p99."""
_WARM_UP: Final = range(1_000_000, 1_000_020)
_PATIENCE_S: Final = 30
_WARMING_PER_S: Final = 20


def measure(*, is_quick: bool) -> Findings:
    """Measure the other user's latencies, alone and under attack."""
    from benchmarks.engine.running import running  # noqa: PLC0415
    from benchmarks.figures import Findings  # noqa: PLC0415
    from benchmarks.hostile.attack import Attack  # noqa: PLC0415
    from benchmarks.receiver import running_receiver  # noqa: PLC0415 - they load the service's clients

    size = QUICK if is_quick else FULL
    with TemporaryDirectory() as folder, running_receiver() as receivers, running(Path(folder)) as service:
        _register(service, receivers)
        _taken_ms(service, receivers, _WARM_UP, _WARMING_PER_S)
        alone = _taken_ms(service, receivers, range(size.alone), _PER_S)
        attack = Attack(service, receivers)
        numbers = iter(range(size.alone, sum(size)))
        undisturbed = _in_batches_ms(attack, receivers, list(islice(numbers, size.undisturbed)), 1 / _PER_S)
        with attack:
            time.sleep(_BATCH_EVERY_S)
            attacked = _in_batches_ms(attack, receivers, list(numbers), _BATCH_EVERY_S)
        return Findings(figures=list(_figures(size, alone, undisturbed, attacked)), notes=_notes(attack))


def _register(service: Running, receivers: Receiver) -> None:
    """Create the other user and their webhook."""
    from benchmarks.hostile.people import OTHER, key_of  # noqa: PLC0415 - see `measure`

    other = service.as_user(key_of(service, OTHER))
    element = {"url": f"{receivers.url}/0/200/other", "name": "other", "notificationType": ["ALL_NOTIFICATIONS"]}
    answer = other("POST", "/webhooks", {"webhooks": [element]})
    if answer["errors"]:
        raise RuntimeError(answer["errors"])


def _taken_ms(service: Running, receivers: Receiver, numbers: range, per_s: float) -> list[float]:
    """The latencies of the other user's notifications that arrived, from sending to receipt."""
    from benchmarks.engine import sending  # noqa: PLC0415 - see `measure`
    from benchmarks.engine.percentiles import MS_PER_S  # noqa: PLC0415
    from benchmarks.hostile.people import OTHER  # noqa: PLC0415

    queue_url = service.run["notifications_queue_url"]
    sent = sending.at_rate(service.sqs(), queue_url, numbers, lambda _: "modelDeleted", per_s, about=OTHER)
    received = receivers.wait_for(set(numbers), _PATIENCE_S)
    return [(received[each] - sent[each]) * MS_PER_S for each in numbers if each in received]


def _in_batches_ms(attack: Attack, receivers: Receiver, numbers: Sequence[int], every_s: float) -> list[float]:
    """The same for notifications in one batch with nine of the hostile user."""
    from benchmarks.engine.percentiles import MS_PER_S  # noqa: PLC0415 - see `measure`

    sent: dict[int, float] = {}
    for number in numbers:
        sent[number] = attack.batch(number)
        time.sleep(every_s)
    received = receivers.wait_for(set(numbers), _PATIENCE_S)
    return [(received[each] - sent[each]) * MS_PER_S for each in numbers if each in received]


def _figures(
    size: Size, alone: Sequence[float], undisturbed: Sequence[float], attacked: Sequence[float]
) -> Iterator[Figure]:
    from benchmarks.engine.percentiles import p50, p99  # noqa: PLC0415 - see `measure`
    from benchmarks.figures import Figure, Spread  # noqa: PLC0415

    usual = p99(undisturbed)
    for what, taken in (("alone", alone), ("undisturbed, in a batch of ten", undisturbed)):
        yield Figure(
            what=f"another user's p50, {what}",
            steady=p50(taken) / usual,
            of="times its undisturbed p99",
            absolute=Spread.of(taken),
            unit="ms",
        )
    for name, one in (("p50", p50(attacked)), ("p99", p99(attacked))):
        yield Figure(
            what=f"another user's {name} in a batch with the attack's",
            steady=one / usual,
            of="times its undisturbed p99",
            absolute=Spread(one, min(attacked), max(attacked)),
            unit="ms",
            steady_at_most=AT_MOST,
        )
    yield Figure(
        what="lost to the other user",
        steady=sum(size) - len(alone) - len(undisturbed) - len(attacked),
        of="notifications",
        steady_at_most=0,
    )


def _notes(attack: Attack) -> list[str]:
    return [
        "One service, one engine, one sender, one receiver and the attackers share the cores. Nothing is pinned.",
        *attack.notes(),
    ]
