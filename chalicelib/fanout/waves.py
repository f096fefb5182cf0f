"""Which messages of a batch are begun together: the light ones first, so that none waits for the heaviest.

The messages of a wave share requests, and what they send leaves before the next wave begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MUCH_HEAVIER: Final = 30
"""A message that is heavier than the lightest one of a wave by more than this waits for the next wave."""

_Message = TypeVar("_Message")


def in_waves(messages: Sequence[_Message], weights: Sequence[int]) -> Iterator[list[_Message]]:
    """Group messages by their weights: about the number of webhooks of each."""
    wave: list[_Message] = []
    lightest = 0
    for weight, message in sorted(zip(weights, messages, strict=True), key=lambda each: each[0]):
        if wave and weight > lightest + MUCH_HEAVIER:
            yield wave
            wave = []
        if not wave:
            lightest = weight
        wave.append(message)
    if wave:
        yield wave
