"""The account and the region of the AWS configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.deployment import DeploymentError
from infra.deployment.credentials import sentence


@dataclass(frozen=True, slots=True)
class Account:
    """The account, the region, and clients for them, which use ``AWS_ENDPOINT_URL``."""

    id: str
    region: str
    session: boto3.Session

    @classmethod
    def found(cls) -> Self:
        """From the environment, the profile or the machine's role. Raise `DeploymentError` if there is none."""
        try:
            session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
            region: str | None = session.region_name
            if region is None:
                message = "No AWS region is configured: set AWS_REGION, or run `aws configure`."
                raise DeploymentError(message)
            return cls(session.client("sts").get_caller_identity()["Account"], region, session)
        except (BotoCoreError, ClientError) as error:
            raise DeploymentError(sentence(error)) from error

    def client(self, service: str) -> Any:  # noqa: ANN401 - a client of any service
        """A client of an AWS service in that region."""
        return self.session.client(service)  # type: ignore[call-overload]

    def lets_gateways_log(self) -> bool:
        """Whether API Gateway has a role to write logs. An account has one in each region."""
        return bool(self.client("apigateway").get_account().get("cloudwatchRoleArn"))

    def __str__(self) -> str:
        """Account and region, for messages."""
        return f"{self.region}, account {self.id}"
