"""The bucket from which CloudFormation and Lambda read packages: one for all stages of an account in a region."""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from infra.deployment import DeploymentError

if TYPE_CHECKING:
    from infra.deployment.account import Account

_DEFAULT_REGION: Final = "us-east-1"
"""The one region for which S3 refuses a location constraint."""
_OLD_VERSIONS_DAYS: Final = 30
_BROKEN_UPLOADS_DAYS: Final = 7


class Bucket:
    """Objects are named by the hash of their content: nothing is uploaded twice, and a rollback finds its package."""

    def __init__(self, account: Account) -> None:
        self.name = f"posthorn-artifacts-{account.id}-{account.region}"
        self._account = account
        self._s3 = account.client("s3")

    def ensure(self) -> bool:
        """Create the bucket unless it exists, and configure it. Return whether it was created."""
        made = not self._is_there()
        if made:
            where = {"LocationConstraint": self._account.region}
            elsewhere = self._account.region != _DEFAULT_REGION
            self._s3.create_bucket(Bucket=self.name, **({"CreateBucketConfiguration": where} if elsewhere else {}))
        self._set_up()
        return made

    def put(self, content: bytes, suffix: str) -> tuple[str, bool]:
        """Upload a file unless it is there. Return its key, and whether it was uploaded."""
        digest = hashlib.sha256(content)
        key = f"{digest.hexdigest()}{suffix}"
        if self._answers(self._s3.head_object, Key=key):
            return key, False
        self._s3.put_object(Bucket=self.name, Key=key, Body=content, ExpectedBucketOwner=self._account.id)
        return key, True

    def url(self, key: str) -> str:
        """The URL of a template, with the region's own host name, which works as soon as the bucket exists."""
        return f"{self._s3.meta.endpoint_url}/{self.name}/{key}"

    def _is_there(self) -> bool:
        return self._answers(self._s3.head_bucket)

    def _answers(self, head: Any, **what: str) -> bool:  # noqa: ANN401 - a method of the client
        """Whether it exists. Raise `DeploymentError` if it is in another account."""
        try:
            head(Bucket=self.name, ExpectedBucketOwner=self._account.id, **what)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == HTTPStatus.NOT_FOUND:
                return False
            message = (
                f"The bucket {self.name} answers {status}: another account has it, or these credentials may not use it."
            )
            raise DeploymentError(message) from error
        return True

    def _set_up(self) -> None:
        """Private, encrypted, versioned. Incomplete uploads and old versions expire."""
        blocked = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        encrypted = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        self._s3.put_public_access_block(Bucket=self.name, PublicAccessBlockConfiguration=dict.fromkeys(blocked, True))
        self._s3.put_bucket_encryption(Bucket=self.name, ServerSideEncryptionConfiguration=encrypted)
        self._s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})
        self._s3.put_bucket_lifecycle_configuration(Bucket=self.name, LifecycleConfiguration={"Rules": [_LIFECYCLE]})
        self._s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(_over_tls(self.name, self._partition())))

    def _partition(self) -> str:
        return self._account.session.get_partition_for_region(self._account.region)


_LIFECYCLE: Final = {
    "ID": "Leftovers",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSIONS_DAYS},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _BROKEN_UPLOADS_DAYS},
}


def _over_tls(name: str, partition: str) -> dict[str, Any]:
    arn = f"arn:{partition}:s3:::{name}"
    refuse = {
        "Sid": "RefusePlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [refuse]}
