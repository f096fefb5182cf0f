"""The operators' programs take credentials as people have them: keys, an assumed role, SSO, a web identity.

The providers are botocore's, on real requests to an STS and an SSO on loopback.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.infra.account import Account, account
from tests.infra.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.enable_socket

_START: Final = "https://corp.awsapps.com/start"
_CONFIG: Final = """
[default]
region = eu-central-1

[profile static]
region = eu-central-1
aws_access_key_id = of-user
aws_secret_access_key = s

[profile assumed-role]
region = eu-central-1
role_arn = arn:aws:iam::123456789012:role/operator
source_profile = static

[profile sso]
region = eu-central-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = operator

[sso-session corp]
sso_region = eu-central-1
sso_start_url = https://corp.awsapps.com/start

[profile sso-without-session]
region = eu-central-1
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789012
sso_role_name = operator

[profile web-identity]
region = eu-central-1
role_arn = arn:aws:iam::123456789012:role/operator
web_identity_token_file = {token}
"""
"""Profiles as the AWS CLI writes them (docs.aws.amazon.com, "AWS SDKs and Tools Reference", "Shared config and credentials
files", "Assume role credential provider", "IAM Identity Center credential provider")."""
_PROFILES: Final = {
    "static": ("of-user", None),
    "assumed-role": ("of-assumed-role", ("of-user", "sts")),
    "sso": ("of-sso", ("token", "sso")),
    "sso-without-session": ("of-sso", ("token", "sso")),
    "web-identity": ("of-web-identity", ("", "sts")),
}
"""By profile: the access key that has to sign, and the request by which it is got."""
_PROGRAMS: Final = {
    "first-key": (["infra.first_key"], "dynamodb"),
    "redrive": (["local.redrive", "deliveries"], "sqs"),
    "deploy": (["infra.deploy", "--package", "{home}", "Unknown=1"], "cloudformation"),
    "destroy": (["infra.destroy"], "cloudformation"),
}
"""By target of the Makefile: what it runs, and a service that it asks with the credentials.

`deploy` looks at the stack, and ends because a parameter is unknown; `destroy`, because nobody types the stage's name.
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[Account]:
    with account() as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody who has profiles, and has logged in."""
    home = tmp_path_factory.mktemp("home")
    (home / "token").write_text("a token of the web's")
    (home / "config").write_text(_CONFIG.format(token=home / "token"))
    (home / "sam.json").write_text('{"Parameters": {}, "Resources": {}}')
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    login = {"accessToken": "token", "expiresAt": "2099-01-01T00:00:00Z", "region": "eu-central-1", "startUrl": _START}
    for name in ("corp", _START):
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(login))  # noqa: S324 - botocore's
    return home


@pytest.mark.parametrize("profile", _PROFILES)
@pytest.mark.parametrize("target", _PROGRAMS)
def test_a_program_works_with_the_credentials_of_a_profile(aws: Account, home: Path, target: str, profile: str) -> None:
    aws.asked.clear()
    program, service = _PROGRAMS[target]
    command = [sys.executable, "-m", *(each.format(home=home) for each in program)]
    environment = _environment(aws, home, profile)
    done = subprocess.run(
        command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    key, got_by = _PROFILES[profile]
    assert "Traceback" not in done.stderr, done.stderr
    assert (key, service) in aws.asked, done.stderr
    assert got_by is None or got_by in aws.asked
    assert {asked for asked, _ in aws.asked} <= {key, *(got_by or ())}


def _environment(aws: Account, home: Path, profile: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_PROFILE": profile,
        "AWS_ENDPOINT_URL": aws.url,
        "STAGE": "dev",
    }
