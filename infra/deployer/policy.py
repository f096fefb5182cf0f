"""The policy: each action, limited to as few resources as possible.

Names of resources begin with the stack's, so that a policy is for one stage. AWS makes up the identifiers of APIs and of
event source mappings: those cannot be named before they are there.

There are three documents, since a managed policy has at most 6,144 characters ("IAM and AWS STS quotas",
docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.deployer import calls
from infra.deployer.needs import actions, types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Statement = dict[str, Any]

_ANYWHERE: Final = frozenset({
    "cloudwatch:DescribeAlarms", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
    "ec2:DescribeVpcs", "lambda:GetAccountSettings", "logs:DescribeLogGroups",
})  # fmt: skip
"""Actions that IAM cannot limit to a resource ("Actions, resources, and condition keys for AWS services")."""
_MAPPING: Final = "AWS::Lambda::EventSourceMapping"
_OPTIONAL: Final[Mapping[str, str]] = {
    "AWS::ApiGateway::DomainName": "OwnDomain",
    "AWS::ApiGateway::BasePathMapping": "OwnDomain",
    "AWS::Route53::RecordSet": "OwnDomain",
    "AWS::WAFv2::WebACLAssociation": "Firewall",
    "AWS::Budgets::Budget": "Budget",
}
"""Types that are created only if a parameter is set."""
_OWN_KEY: Final = "OwnKey"
_SIGNING: Final = "Signing"
_OPTIONS: Final = (*_OPTIONAL.values(), _OWN_KEY, _SIGNING)
_SIGNED: Final = frozenset({"lambda:PutFunctionCodeSigningConfig", "lambda:DeleteFunctionCodeSigningConfig"})
"""They work on a function; the first of them also on a code-signing configuration (the same page)."""
_PASSED_TO: Final = ("lambda.amazonaws.com", "apigateway.amazonaws.com")


@dataclass(frozen=True, slots=True)
class Place:
    """A stage in an account. The region `*` is every region."""

    stage: str
    account: str
    region: str = "*"
    partition: str = "aws"

    def arn(self, service: str, resource: str, *, is_global: bool = False, is_owned: bool = True) -> str:
        """A resource's name."""
        region, account = "" if is_global else self.region, self.account if is_owned else ""
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"

    @property
    def stack(self) -> str:
        """The prefix of all names."""
        return f"posthorn-{self.stage}"


def policies(place: Place, template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The policies for one stage, by their names.

    They are what the programs do themselves, what CloudFormation does for every stage, and what it does for parameters that
    name a domain, a firewall, a budget, a key or a code-signing configuration.
    """
    found = _for_resources(place, types(template))
    optional = [each for each in found if each["Sid"].startswith(_OPTIONS)]
    always = [each for each in found if each not in optional]
    parts = {"programs": _own_calls(place), "resources": always, "options": optional}
    return {name: {"Version": "2012-10-17", "Statement": statements} for name, statements in parts.items()}


def _own_calls(place: Place) -> list[Statement]:
    gateway = place.arn("apigateway", "/account", is_owned=False)
    transform = f"arn:{place.partition}:cloudformation:{place.region}:aws:transform/Serverless-2016-10-31"
    table = place.arn("dynamodb", f"table/{place.stack}-directory")
    return [
        _allow("Stack", calls.rights(calls.STACK), [*_of_stack(place), transform]),
        _allow("Packages", calls.rights(calls.BUCKET), [_bucket(place), f"{_bucket(place)}/*"]),
        _allow("Redrive", calls.rights(calls.QUEUES), [place.arn("sqs", f"{place.stack}-*")]),
        _allow("FirstKey", set(calls.FIRST_KEY), [table]),
        _allow("Quota", calls.rights(calls.ACCOUNT), ["*"]),
        _allow("GatewayLogs", calls.rights(calls.GATEWAY), [gateway]),
    ]


def _of_stack(place: Place) -> list[str]:
    """The stack and its change sets, whose names begin with the stack's name."""
    return [place.arn("cloudformation", each) for each in (f"stack/{place.stack}/*", f"changeSet/{place.stack}-*")]


def _for_resources(place: Place, kinds: Iterable[str]) -> list[Statement]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for kind, action in actions(kinds):
        found[_sid(kind, action)].add(action)
    return [_statement(sid, found[sid], place) for sid in sorted(found)]


def _sid(kind: str, action: str) -> str:
    """The statement for an action of a type."""
    service = action.partition(":")[0]
    if action in _ANYWHERE:
        return "Looks"
    if action == "iam:PassRole":
        return "PassRoles"
    if action in _SIGNED or action.startswith("kms:"):
        return _SIGNING if action in _SIGNED else _OWN_KEY
    if kind == _MAPPING:
        return "NewMappings" if action == "lambda:CreateEventSourceMapping" else "Mappings"
    if kind in _OPTIONAL:
        return _OPTIONAL[kind] + ("Gateway" if service == "apigateway" else "")
    return _SIDS[service]


_SIDS: Final = {
    "apigateway": "Gateway", "cloudwatch": "Watch", "dynamodb": "Tables", "events": "Schedule", "iam": "Roles",
    "lambda": "Functions", "logs": "Logs", "s3": "Code", "sns": "Topic", "sqs": "Queues",
}  # fmt: skip


def _statement(sid: str, wanted: set[str], place: Place) -> Statement:
    made = _allow(sid, wanted, _resources(sid, place))
    conditions = {
        "PassRoles": {"StringEquals": {"iam:PassedToService": list(_PASSED_TO)}},
        _OWN_KEY: {"StringLike": {"kms:ViaService": "dynamodb.*"}},
        "Mappings": {"ArnLikeIfExists": {"lambda:FunctionArn": place.arn("lambda", f"function:{place.stack}-*")}},
        "NewMappings": {"ArnLike": {"lambda:FunctionArn": place.arn("lambda", f"function:{place.stack}-*")}},
    }
    return made | ({"Condition": conditions[sid]} if sid in conditions else {})


def _resources(sid: str, place: Place) -> list[str]:
    stack = place.stack
    apis = [place.arn("apigateway", path, is_owned=False) for path in ("/restapis", "/restapis/*", "/tags/*", "/account")]
    domains = [place.arn("apigateway", path, is_owned=False) for path in ("/domainnames", "/domainnames/*", "/tags/*")]
    stages = place.arn("apigateway", "/restapis/*/stages/*", is_owned=False)
    return {
        "Looks": ["*"],
        "Code": [f"{_bucket(place)}/*"],
        "PassRoles": [place.arn("iam", f"role/{stack}-*", is_global=True)],
        "Roles": [place.arn("iam", f"role/{stack}-*", is_global=True)],
        _OWN_KEY: [place.arn("kms", "key/*")],
        _SIGNING: [place.arn("lambda", f"function:{stack}-*"), place.arn("lambda", "code-signing-config:*")],
        "Mappings": [place.arn("lambda", "event-source-mapping:*")],
        "NewMappings": ["*"],
        "Functions": [place.arn("lambda", f"function:{stack}-*")],
        "Gateway": apis,
        "OwnDomainGateway": domains,
        "OwnDomain": [f"arn:{place.partition}:route53:::{each}/*" for each in ("hostedzone", "change")],
        "Firewall": [place.arn("wafv2", "regional/webacl/*"), stages],
        "FirewallGateway": [stages],
        "Budget": [place.arn("budgets", f"budget/{stack}", is_global=True)],
        "Watch": [place.arn("cloudwatch", f"alarm:{stack}-*"),
                  place.arn("cloudwatch", f"dashboard/{stack}", is_global=True)],
        "Tables": [place.arn("dynamodb", f"table/{stack}-*")],
        "Schedule": [place.arn("events", f"rule/{stack}-*")],
        "Logs": [place.arn("logs", f"log-group:/aws/{each}") for each in (f"lambda/{stack}-*", f"apigateway/{stack}*")],
        "Topic": [place.arn("sns", f"{stack}-*")],
        "Queues": [place.arn("sqs", f"{stack}-*")],
    }[sid]  # fmt: skip


def _bucket(place: Place) -> str:
    return f"arn:{place.partition}:s3:::posthorn-artifacts-{place.account}-*"


def _allow(sid: str, wanted: set[str], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(wanted), "Resource": resources}
