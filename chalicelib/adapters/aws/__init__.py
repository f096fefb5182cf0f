"""AWS clients, and the translation of their errors to the domain's."""

from __future__ import annotations

import logging
import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from chalicelib.adapters.aws.clients import CONFIG, client, forget
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "CONFIG",
    "TRIES_MAX",
    "ConditionFailed",
    "client",
    "code_of",
    "forget",
    "is_condition_failed",
    "is_transaction_conflict",
    "log_refusal",
    "pause",
    "translated",
]

log = logging.getLogger(__name__)

TRIES_MAX: Final = 6
"""How often the unprocessed rest of a batch is sent, with a `pause` in between, before it counts as refused."""
_PAUSE_S: Final = 0.05
_PAUSE_MAX_S: Final = 1.0

_CONDITION_FAILED: Final = "ConditionalCheckFailedException"
_TRANSACTION_CANCELED: Final = "TransactionCanceledException"
_CONDITION_REASON: Final = "ConditionalCheckFailed"
_TRANSACTION_CONFLICT: Final = "TransactionConflictException"


class ConditionFailed(Exception):
    """A conditional write was not made; `item` is the existing item, if DynamoDB returned it.

    If it `was_repeated`, an earlier try may have succeeded and its response may be lost. Then the condition fails because of
    the write itself. `steps` are the numbers of a transaction's steps whose conditions failed.
    """

    def __init__(
        self, item: dict[str, Any] | None, *, was_repeated: bool = False, steps: frozenset[int] = frozenset()
    ) -> None:
        super().__init__("The condition failed.")
        self.item = item
        self.was_repeated = was_repeated
        self.steps = steps


@contextmanager
def translated() -> Iterator[None]:
    """Raise `ConditionFailed` if a condition failed, and `Unavailable` for any other error of AWS."""
    try:
        yield
    except ClientError as error:
        if is_condition_failed(error):
            steps = _steps_with(error, _CONDITION_REASON)
            raise ConditionFailed(_item_of(error), was_repeated=_was_repeated(error), steps=steps) from error
        message = f"AWS refused {error.operation_name}: {code_of(error)}."
        if not is_transaction_conflict(error):  # the caller tries again, and AWS is not at fault
            log_refusal(message)
        raise Unavailable(message) from error
    except (NotConnected, HTTPClientError) as error:
        message = f"AWS did not answer: {type(error).__name__}."
        log_refusal(message)
        raise Unavailable(message) from error


def log_refusal(message: str) -> None:
    """Log that AWS refused a request. An alarm counts these lines (`infra/template/logs.json`)."""
    log.warning("aws.refused", extra={"reason": message})


def _item_of(error: ClientError) -> dict[str, Any] | None:
    response: dict[str, Any] = dict(error.response)
    return response.get("Item")


def _was_repeated(error: ClientError) -> bool:
    """Whether botocore sent the request more than once."""
    return error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0


def code_of(error: ClientError) -> str:
    """The error's code, by which errors are distinguished, since messages may change."""
    return str(error.response["Error"]["Code"])


def is_condition_failed(error: ClientError) -> bool:
    """Whether the condition of a write, or of a write in a transaction, failed."""
    return code_of(error) == _CONDITION_FAILED or bool(_steps_with(error, _CONDITION_REASON))


def is_transaction_conflict(error: BaseException | None) -> bool:
    """Whether a transaction conflicted with another write in progress, or a single write with a transaction."""
    if not isinstance(error, ClientError):
        return False
    return code_of(error) == _TRANSACTION_CONFLICT or bool(_steps_with(error, "TransactionConflict"))


def _steps_with(error: ClientError, code: str) -> frozenset[int]:
    """The numbers of the steps that canceled a transaction with that code. The reasons are in the order of the steps."""
    reasons = error.response.get("CancellationReasons", []) if code_of(error) == _TRANSACTION_CANCELED else []
    return frozenset(number for number, reason in enumerate(reasons) if reason.get("Code") == code)


def pause(tries: int) -> None:
    """Wait before the next try: exponential backoff from 50 ms to 1 s, with jitter that removes up to half of it."""
    ceiling_s = min(_PAUSE_S * 2.0**tries, _PAUSE_MAX_S)
    time.sleep(ceiling_s * (0.5 + random.random() / 2))  # noqa: S311 - jitter needs no secure randomness
