"""What a function makes before its first event.

Lambda imports a module in INIT, with a full core (serverlessland.com, "Utilize initialization phase"). Events have a part of
one, memory / 1,769 MB (docs.aws.amazon.com, Lambda Developer Guide, "Configure Lambda function memory"). So AWS clients, the
sender and all else that a handler needs are made when its module is imported. A bad setting ends INIT with a `SettingsError`
that names the variable.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from chalicelib.composition import process

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.composition.adapters import Adapters
    from chalicelib.settings import Settings

_HANDLER: Final = "_HANDLER"
"""The variable in which Lambda says what it runs (docs.aws.amazon.com, "Defined runtime environment variables")."""


def prepare(module: str, factory: Callable[[Adapters, Settings], object]) -> None:
    """Compose what the handlers of a module use, if Lambda runs one of them in this process. Elsewhere nothing is made."""
    if is_run(module):
        process.current().made(factory)


def is_run(module: str) -> bool:
    """Whether this process is a Lambda function whose handler is in the module."""
    return os.environ.get(_HANDLER, "").rpartition(".")[0] == module and "AWS_LAMBDA_FUNCTION_NAME" in os.environ
