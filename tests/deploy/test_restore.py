"""A table is restored as the page on operations says, and callers do not notice that it is another one."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from local import environment
from local.receiver import Receiver
from tests.deploy.conftest import deployed
from tests.deploy.stage import notification
from tests.docs.markdown import ROOT
from tests.docs.story import marked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.emulator import Emulator

PAGE: Final = ROOT / "docs" / "operate" / "operations.md"
GIVEN: Final = "STAGE=prod NAME=webhooks AT=2026-03-01T11:00:00Z"
TO_THE_ACCOUNT: Final = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }'
"""The command's version 1 does not read the variable."""


@pytest.mark.parametrize("name", ["webhooks", "history"])
def test_a_table_is_restored_under_a_stage_that_goes_on(account: Emulator, packaged: Path, name: str) -> None:
    if subprocess.run(["bash", "-c", "aws --version"], capture_output=True, check=False).returncode:
        pytest.skip("the AWS CLI is needed to run its commands")
    stage = deployed(account, f"re-{name}", packaged)
    with Receiver() as receiver:
        made = stage.webhook(receiver.url)
        stage.send(notification(1))
        receiver.next()
        stage.records(made["id"], 1)
        _type(account, stage.name, name)
        stage.send(notification(2))
        receiver.next()
        assert {each["outcome"] for each in stage.records(made["id"], 2)} == {"succeeded"}
    assert _kept_up(account, f"posthorn-{stage.name}-{name}") == ("ENABLED", "DISABLED" if name == "webhooks" else "ENABLED")
    assert stage.destroy("--yes", stage.name).status == 0


def _kept_up(account: Emulator, table: str) -> tuple[str, str]:
    """Whether a table can be restored, and whether items expire in it."""
    dynamodb = account.client("dynamodb")
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    return backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"], expiry["TimeToLiveStatus"]


def _type(account: Emulator, stage: str, name: str) -> None:
    """Type the page's commands, about this table."""
    commands = marked(PAGE)["restore"]
    assert commands.startswith(GIVEN)
    ours = commands.replace(GIVEN, f"STAGE={stage} NAME={name} AT=$(date -u +%Y-%m-%dT%H:%M:%SZ)")
    done = subprocess.run(
        ["bash", "-euc", f"{TO_THE_ACCOUNT}\n{ours}"],
        env=environment.of_child(account.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
