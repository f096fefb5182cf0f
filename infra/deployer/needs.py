"""What CloudFormation does with a deployer's rights for each type of resource.

CloudFormation uses the rights of the one who deploys. The schema of each type names what its handlers may ask for; what only
properties ask for that are not set here is left out, with the reason.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from infra.deployer.schemas import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MADE_BY_SAM: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::Serverless::Function": (
        "AWS::Lambda::Function",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Permission",
        "AWS::Events::Rule",
    ),
    "AWS::Serverless::Api": ("AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"),
}
"""What a SAM type is translated to. A test compares it with the translation."""

_HANDLERS: Final = ("create", "read", "update", "delete")

_LEFT_OUT: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "AWS::ApiGateway::RestApi": {
        "its description is in the template, not in S3, and no role reads it": ("s3:*", "iam:*"),
    },
    "AWS::Budgets::Budget": {"there is no billing view": ("billing:*",)},
    "AWS::DynamoDB::Table": {
        "there are no replicas": ("dynamodb:*Replica*", "iam:CreateServiceLinkedRole"),
        "nothing is imported, and no items are touched": (
            "dynamodb:*Import*", "dynamodb:*Item", "dynamodb:Query", "dynamodb:Scan", "s3:*", "logs:*",
        ),
        "there is no stream": (
            "kinesis:*", "dynamodb:EnableKinesis*", "dynamodb:DisableKinesis*", "dynamodb:UpdateKinesis*",
        ),
        "there are no insights and no policy": (
            "dynamodb:UpdateContributorInsights", "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy",
        ),
        "a key is named by its ARN": ("kms:ListAliases",),
    },
    "AWS::Events::Rule": {"its target has no role": ("iam:*",)},
    "AWS::IAM::Role": {"there is no boundary": ("iam:*PermissionsBoundary",)},
    "AWS::Lambda::EventSourceMapping": {"there are no filters to encrypt": ("kms:*",)},
    "AWS::Lambda::Function": {
        "there is no file system, layer, capacity provider or version": (
            "elasticfilesystem:*", "s3files:*", "lambda:GetLayerVersion", "lambda:PassCapacityProvider",
            "lambda:PublishVersion", "lambda:PutFunctionScalingConfig",
        ),
        "the runtime is Lambda's newest": ("lambda:PutRuntimeManagementConfig", "lambda:AssociateRuntimeAlias"),
        "the environment has Lambda's own key": ("kms:*",),
    },
    "AWS::Logs::LogGroup": {
        "nothing is masked, indexed, sent on or shared": (
            "logs:*DataProtectionPolicy", "logs:*IndexPolic*", "logs:CreateLogDelivery", "logs:*ResourcePolic*",
            "logs:PutBearerTokenAuthentication", "logs:PutLogGroupDeletionProtection", "firehose:*", "s3:*",
        ),
    },
    "AWS::Route53::RecordSet": {"the zone is named by its id": ("route53:ListHostedZones",)},
    "AWS::SNS::Subscription": {"nothing is written to Firehose": ("iam:*",)},
    "AWS::SNS::Topic": {"nothing is masked, and no role logs": ("sns:PutDataProtectionPolicy", "iam:*")},
    "AWS::WAFv2::WebACLAssociation": {
        "it is an API that the firewall is before": (
            "amplify:*", "apprunner:*", "appsync:*", "bedrock-agentcore:*", "cognito-idp:*", "ec2:*",
            "elasticloadbalancing:*", "wafv2:*PermissionPolicy",
        ),
    },
}  # fmt: skip


def types(template: Mapping[str, Mapping[str, Mapping[str, str]]]) -> set[str]:
    """The types of the resources that CloudFormation creates from a declared template."""
    declared = {each["Type"] for each in template["Resources"].values() if "Type" in each}
    sam = {each for each in MADE_BY_SAM if each.startswith("AWS::Serverless::")}
    return (declared - sam) | {made for each in sam for made in MADE_BY_SAM[each]}


def actions(kinds: Iterable[str]) -> set[tuple[str, str]]:
    """Each type with each of its actions."""
    return {(kind, action) for kind in kinds for action in _asked(kind) if not is_left_out(kind, action)}


def is_left_out(kind: str, action: str) -> bool:
    """Whether only a property that is not used here needs the action."""
    return any(fnmatchcase(action, pattern) for pattern in left_out(kind))


def left_out(kind: str) -> list[str]:
    """The patterns of the actions that are left out for a type."""
    return [pattern for patterns in _LEFT_OUT.get(kind, {}).values() for pattern in patterns]


def _asked(kind: str) -> Iterator[str]:
    schema = schemas()[kind]
    yield from schema["tagging"].get("permissions", [])
    for handler in _HANDLERS:
        yield from schema["handlers"].get(handler, {}).get("permissions", [])


def asked(kind: str) -> set[str]:
    """All actions that the handlers of a type may use."""
    return set(_asked(kind))
