"""Credentials that are missing, wrong or have expired are told in one sentence that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from infra.deployment import DeploymentError
from infra.deployment.account import Account
from infra.deployment.credentials import sentence

if TYPE_CHECKING:
    from pathlib import Path


def _answer(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {}}, "DescribeStacks")  # type: ignore[typeddict-item]


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.NoCredentialsError(), "There are no AWS credentials: set AWS_PROFILE"),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            "There are no AWS credentials",
        ),
        (exceptions.ProfileNotFound(profile="x"), "set AWS_PROFILE to one of"),
        (
            exceptions.UnauthorizedSSOTokenError(),
            "The sign-in of the default profile is missing or has expired: run `aws sso login`",
        ),
        (exceptions.SSOTokenLoadError(error_msg="x"), "aws sso login"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), "aws sso login"),
        (exceptions.CredentialRetrievalError(provider="process", error_msg="x"), "No AWS credentials came from the source"),
        (_answer("ExpiredToken"), "The AWS credentials have expired: run `aws sso login`"),
        (_answer("ExpiredTokenException"), "The AWS credentials have expired"),
        (_answer("InvalidClientTokenId"), "AWS does not know these credentials"),
        (_answer("SignatureDoesNotMatch"), "AWS does not know these credentials"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_each_kind_of_failure_has_its_advice(error: Exception, words: str) -> None:
    assert words in sentence(error)


def test_the_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert "aws sso login --profile work" in sentence(exceptions.UnauthorizedSSOTokenError())


def test_another_error_keeps_its_own_words() -> None:
    assert sentence(_answer("AccessDenied")) == str(_answer("AccessDenied"))
    assert sentence(DeploymentError("Wait.")) == "Wait."


def test_without_any_credentials_a_program_says_so() -> None:
    with pytest.raises(DeploymentError, match="There are no AWS credentials"):
        Account.found()


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    with pytest.raises(DeploymentError, match="There is no profile work in the AWS configuration"):
        Account.found()
