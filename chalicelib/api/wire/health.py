"""The health of the API on the wire."""

from typing import Literal

from chalicelib.api.wire.model import Described


class HealthyOut(Described):
    """The API answers."""

    status: Literal["ok"]
