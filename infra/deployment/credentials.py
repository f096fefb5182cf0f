"""Explains errors about AWS credentials, in one sentence."""

from __future__ import annotations

import os
from typing import Final

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_UNKNOWN: Final = frozenset({
    "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthFailure",
})  # fmt: skip
_SIGN_IN: Final = (exceptions.SSOError, exceptions.TokenRetrievalError)
_MISSING: Final = (exceptions.NoCredentialsError, exceptions.PartialCredentialsError)


def sentence(error: Exception) -> str:
    """The next step for an error about credentials; the error's own text for others."""
    advice = _advice(error)
    return f"{advice} ({error})" if advice else str(error)


def _advice(error: Exception) -> str | None:
    if isinstance(error, ClientError):
        return _of_answer(error.response["Error"]["Code"])
    return _of_lookup(error) if isinstance(error, BotoCoreError) else None


def _of_answer(code: str) -> str | None:
    if code in _EXPIRED:
        return f"The AWS credentials have expired: {_again()}."
    if code in _UNKNOWN:
        return f"AWS does not know these credentials: check {_profile()}, or run `aws configure`."
    return None


def _of_lookup(error: BotoCoreError) -> str | None:
    if isinstance(error, _SIGN_IN):
        return f"The sign-in of {_profile()} is missing or has expired: {_again()}."
    if isinstance(error, _MISSING):
        return "There are no AWS credentials: set AWS_PROFILE, or run `aws configure` or `aws sso login`."
    if isinstance(error, exceptions.ProfileNotFound):
        name = os.environ.get("AWS_PROFILE")
        return (
            f"There is no profile {name} in the AWS configuration: set AWS_PROFILE to one of `aws configure list-profiles`."
        )
    if isinstance(error, exceptions.CredentialRetrievalError):
        return f"No AWS credentials came from the source that {_profile()} names: {_again()}."
    return None


def _profile() -> str:
    name = os.environ.get("AWS_PROFILE")
    return f"the profile {name}" if name else "the default profile"


def _again() -> str:
    name = os.environ.get("AWS_PROFILE")
    return f"run `aws sso login{f' --profile {name}' if name else ''}`, or renew them where they come from"
