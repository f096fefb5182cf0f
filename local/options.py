"""The options of `make run`, from environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local.folder import Refusal

_PORT_MAX: Final = 65_535


@dataclass(frozen=True, kw_only=True)
class Options:
    """The port (0: any free one), the data folder, keys that replace those of the folder, and the schedule's period."""

    port: int
    data: Path
    admin_key: str | None = field(repr=False)
    user_key: str | None = field(repr=False)
    schedule_period_s: float

    @classmethod
    def from_environment(cls) -> Options:
        """Read them. Raise `Refusal` if a number is invalid."""
        return cls(
            port=int(_number("PORT", "8000", _PORT_MAX)),
            data=Path(os.environ.get("DATA") or ".data"),
            admin_key=os.environ.get("ADMIN_KEY") or None,
            user_key=os.environ.get("USER_KEY") or None,
            schedule_period_s=_number("SCHEDULE_PERIOD_S", "5", 3_600),
        )


def _number(name: str, default: str, high: float) -> float:
    text = os.environ.get(name) or default
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= high:
        message = f"{name} is {text!r}: a number from 0 to {high:g} is expected."
        raise Refusal(message)
    return number
