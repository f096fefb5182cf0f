"""The calls to AWS of `make deploy`, `make first-key`, `make redrive` and `make destroy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK: Final = "stack"
BUCKET: Final = "bucket"
ACCOUNT: Final = "account"
GATEWAY: Final = "gateway"
QUEUES: Final = "queues"
DIRECTORY: Final = "directory"

CALLS: Final[Mapping[str, tuple[str, str | None]]] = {
    "get_caller_identity": (ACCOUNT, None),  # needs no right
    "get_account_settings": (ACCOUNT, "lambda:GetAccountSettings"),
    "get_account": (GATEWAY, "apigateway:GET"),
    "create_change_set": (STACK, "cloudformation:CreateChangeSet"),
    "delete_change_set": (STACK, "cloudformation:DeleteChangeSet"),
    "describe_change_set": (STACK, "cloudformation:DescribeChangeSet"),
    "execute_change_set": (STACK, "cloudformation:ExecuteChangeSet"),
    "delete_stack": (STACK, "cloudformation:DeleteStack"),
    "describe_stacks": (STACK, "cloudformation:DescribeStacks"),
    "describe_stack_events": (STACK, "cloudformation:DescribeStackEvents"),
    "list_stack_resources": (STACK, "cloudformation:ListStackResources"),
    "get_template": (STACK, "cloudformation:GetTemplate"),
    "head_bucket": (BUCKET, "s3:ListBucket"),
    "create_bucket": (BUCKET, "s3:CreateBucket"),
    "put_public_access_block": (BUCKET, "s3:PutBucketPublicAccessBlock"),
    "put_bucket_encryption": (BUCKET, "s3:PutEncryptionConfiguration"),
    "put_bucket_versioning": (BUCKET, "s3:PutBucketVersioning"),
    "put_bucket_lifecycle_configuration": (BUCKET, "s3:PutLifecycleConfiguration"),
    "put_bucket_policy": (BUCKET, "s3:PutBucketPolicy"),
    "head_object": (BUCKET, "s3:GetObject"),
    "put_object": (BUCKET, "s3:PutObject"),
    "get_queue_attributes": (QUEUES, "sqs:GetQueueAttributes"),
    "get_queue_url": (QUEUES, "sqs:GetQueueUrl"),
    "receive_message": (QUEUES, "sqs:ReceiveMessage"),
    "send_message": (QUEUES, "sqs:SendMessage"),
    "delete_message": (QUEUES, "sqs:DeleteMessage"),
}
"""A method of a client → its resource, and the right that it needs. A test finds the calls in the programs."""

FIRST_KEY: Final = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem")
"""What `make first-key` does to the directory table, through the service's own code."""


def rights(what: str) -> set[str]:
    """The rights that calls on this resource need."""
    return {right for on, right in CALLS.values() if on == what and right}
