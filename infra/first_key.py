"""Creates the first admin of a deployed stage, and prints the key. It needs AWS credentials. There is no password.

    python -m infra.first_key [--stage STAGE] [--id ID] [--name NAME]

The key alone goes to standard output, this once: the service keeps its digest.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import PosthornError
from infra.deployment import DeploymentError
from infra.deployment.account import Account
from infra.deployment.credentials import sentence
from infra.deployment.stack import Stack
from infra.deployment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import User

_FIRST_ID: Final = "1"
_FIRST_NAME: Final = "Admin"
_PAGE: Final = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Create a key. Return the exit status."""
    given = _arguments(arguments)
    try:
        _adopt(Account.found(), given.stage)
        key = _made(given.id, given.name)
    except (DeploymentError, PosthornError, BotoCoreError, ClientError) as error:
        say(sentence(error))
        return 1
    say("An admin's key, shown this once:")
    print(key)  # noqa: T201 - it is a program
    return 0


def _adopt(account: Account, stage: str) -> None:
    """Set the environment of this process to the stage's. Raise `DeploymentError` if there is no such stage."""
    outputs = Stack(account, stage).outputs()
    if not outputs:
        message = f"There is no posthorn-{stage} in {account}: make deploy STAGE={stage}"
        raise DeploymentError(message)
    os.environ.update(environment(outputs) | {"AWS_DEFAULT_REGION": account.region})


def environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """The service's variables, from the outputs of the stack."""
    tables = {_variable(name.removesuffix("Name")): each for name, each in outputs.items() if name.endswith("TableName")}
    queues = {f"{_variable(name[:-3])}_URL": each for name, each in outputs.items() if name.endswith("QueueURL")}
    return tables | queues


def _variable(name: str) -> str:
    """`SlowDeliveriesQueue` → `SLOW_DELIVERIES_QUEUE`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _made(user_id: str | None, name: str | None) -> str:
    """A key for the given admin, or for the first one. Raise `DeploymentError` if the user is not an admin."""
    from chalicelib.composition import api, process  # noqa: PLC0415 - they take long to import

    here = process.current()
    users = list(_users(here.adapters.directory))
    admins = [user for user in users if user.role is Role.ADMIN]
    if admins and not user_id:
        who = ", ".join(f"{user.name} ({user.id})" for user in admins)
        message = f"There are admins already: {who}. ID=… makes one of them another key, or, with NAME=…, another admin."
        raise DeploymentError(message)
    wanted = user_id or _FIRST_ID
    known = next((user for user in users if user.id == wanted), None)
    if known is not None and known.role is not Role.ADMIN:
        message = f"{known.name} ({known.id}) is not an admin; an admin can change that: PUT /users/{known.id}"
        raise DeploymentError(message)
    return here.made(api.services).directory.ensure_user(wanted, name or _FIRST_NAME, Role.ADMIN)


def _users(directory: Directory) -> Iterator[User]:
    after: str | None = None
    while found := directory.users(after, _PAGE):
        yield from found
        after = found[-1].id


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.first_key", description="Make the first admin's key.")
    parser.add_argument("--stage", default="dev", help="which deployment")
    parser.add_argument("--id", help="the admin's id; by default 1")
    parser.add_argument("--name", help="the admin's name")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
