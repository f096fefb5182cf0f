"""The health of the API."""

from typing import Literal

from chalicelib.api.wire.model import Described


class HealthyOut(Described):
    """The API responds."""

    status: Literal["ok"]
