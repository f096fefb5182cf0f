"""Parameters that do not fit together are refused before anything changes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.rules import broken

if TYPE_CHECKING:
    from pathlib import Path

KEY = "arn:aws:kms:eu-central-1:123456789012:key/0af9"
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/0af9"
NETWORK = {"SubnetIds": "subnet-0a,subnet-0b", "SecurityGroupIds": "sg-0a"}
DOMAIN = {"DomainName": "hooks.example.com", "CertificateArn": CERTIFICATE}
PRIVATE = {"EndpointType": "PRIVATE", "VpcEndpointIds": "vpce-0a"}

REFUSED = [
    ({"DeliveryBatchSize": "11"}, "DeliveryBatchWindowSeconds"),
    ({"DeliveryBatchSize": "1000"}, "DeliveryBatchWindowSeconds"),
    ({"NotifyConcurrencyMax": "1"}, "NotifyConcurrencyMax is 2 or more"),
    ({"AcceptedConcurrencyMax": "1"}, "AcceptedConcurrencyMax is 2 or more"),
    ({"DeliverConcurrencyMax": "1"}, "DeliverConcurrencyMax is 2 or more"),
    ({"DeliverSlowConcurrencyMax": "1"}, "DeliverSlowConcurrencyMax is 2 or more"),
    ({"BackgroundConcurrencyMax": "1"}, "BackgroundConcurrencyMax is 2 or more"),
    ({"SubnetIds": NETWORK["SubnetIds"]}, "both or neither"),
    ({"SecurityGroupIds": NETWORK["SecurityGroupIds"]}, "both or neither"),
    ({"DomainName": "hooks.example.com"}, "DomainName needs CertificateArn"),
    ({**DOMAIN, "EndpointType": "EDGE"}, "EndpointType REGIONAL"),
    ({"CertificateArn": CERTIFICATE}, "CertificateArn needs DomainName"),
    ({"HostedZoneId": "Z1"}, "HostedZoneId needs DomainName"),
    ({"DefaultEndpoint": "off"}, "no address"),
    ({"EndpointType": "PRIVATE"}, "VpcEndpointIds"),
    ({**PRIVATE, "AllowedCidrs": "192.0.2.0/24"}, "public addresses"),
    ({"VpcEndpointIds": "vpce-0a"}, "EndpointType PRIVATE"),
    ({"KmsKeyArn": KEY, "TableKey": "aws-managed"}, "two keys"),
    ({"BudgetTag": "user:team$hooks"}, "BudgetUsd"),
    ({"AccessLog": "off", "ApiGatewayRole": "create"}, "AccessLog=on"),
    ({"ReceiverCaFile": "/opt/ca.pem"}, "ReceiverCaLayerArn"),
]
TAKEN = [
    {},
    {"DeliveryBatchSize": "10"},
    {"NotifyConcurrencyMax": "2", "DeliverSlowConcurrencyMax": "0"},
    {"DeliveryBatchSize": "500", "DeliveryBatchWindowSeconds": "1"},
    NETWORK,
    DOMAIN,
    {**DOMAIN, "HostedZoneId": "Z1", "DefaultEndpoint": "off"},
    PRIVATE,
    {"AllowedCidrs": "192.0.2.0/24,2001:db8::/32"},
    {"KmsKeyArn": KEY},
    {"TableKey": "aws-managed"},
    {"BudgetUsd": "10", "BudgetTag": "user:team$hooks"},
    {"AccessLog": "off"},
    {"ReceiverCaFile": "/opt/ca.pem", "ReceiverCaLayerArn": "arn:aws:lambda:eu-central-1:123456789012:layer:ca:1"},
]


@pytest.mark.parametrize(("given", "words"), REFUSED, ids=lambda each: ",".join(each) if isinstance(each, dict) else "")
def test_what_does_not_fit_is_refused_in_words(declared: dict[str, Any], given: dict[str, str], words: str) -> None:
    [said] = broken(declared, given)
    assert words in said


@pytest.mark.parametrize("given", TAKEN, ids=lambda each: ",".join(each) or "none")
def test_what_fits_is_taken(declared: dict[str, Any], given: dict[str, str]) -> None:
    assert broken(declared, given) == []


def test_every_assertion_of_every_rule_was_seen_to_refuse(declared: dict[str, Any]) -> None:
    known = [assertion["AssertDescription"] for rule in declared["Rules"].values() for assertion in rule["Assertions"]]
    assert sorted(known) == sorted({said for given, _ in REFUSED for said in broken(declared, given)})


def test_every_value_of_these_tests_is_one_that_its_parameter_takes(declared: dict[str, Any]) -> None:
    for name, value in [item for given in (*TAKEN, *(each for each, _ in REFUSED)) for item in given.items()]:
        parameter = declared["Parameters"][name]
        assert value in parameter.get("AllowedValues", [value])
        assert re.search(parameter.get("AllowedPattern", ""), value), name


def test_the_rules_survive_the_translation(declared: dict[str, Any], template: dict[str, Any], translated: Path) -> None:
    assert template["Rules"] == declared["Rules"] == json.loads(translated.read_text("utf-8"))["Rules"]


def test_the_bounds_alone_let_an_attempt_end_before_its_function(declared: dict[str, Any], template: dict[str, Any]) -> None:
    """There is no arithmetic in rules, so the sum is held by the bounds of its summands."""
    longest_s = declared["Parameters"]["SendingS"]["MaxValue"] + declared["Parameters"]["RequestTimeoutS"]["MaxValue"]
    for name in ("Deliver", "DeliverSlow"):
        assert longest_s + 5 < template["Resources"][name]["Properties"]["Timeout"]
