"""What a company asks for on its first day: its own key, its own network, its own name, and who may call."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from infra.deployer.schemas import schemas
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_THE_KEY = {
    "AWS::Lambda::Function": "its KmsKeyArn encrypts the environment, in which there is no secret",
    "AWS::Lambda::EventSourceMapping": "its KmsKeyArn encrypts filters, and there are none",
}
NO_VALUE = {"Ref": "AWS::NoValue"}


@pytest.fixture(scope="module")
def resources(translated: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(translated.read_text("utf-8"))["Resources"]
    return found


def test_everything_that_can_have_a_key_has_the_companys(resources: dict[str, Any]) -> None:
    for name, each in resources.items():
        keys = [key for key in schemas()[each["Type"]]["properties"] if key.lower() in {"kmskeyid", "kmsmasterkeyid"}]
        if each["Type"] not in WITHOUT_THE_KEY:
            for key in keys:
                assert each["Properties"][key] == {"Fn::If": ["HasKmsKey", {"Ref": "KmsKeyArn"}, NO_VALUE]}, name


def test_types_with_a_key_of_another_name_are_known(resources: dict[str, Any]) -> None:
    """A table's is inside its `SSESpecification`, which `test_bounds.py` looks at."""
    kinds = {each["Type"] for each in resources.values()}
    others = {kind for kind in kinds if "KmsKeyArn" in schemas()[kind]["properties"]}
    assert others == set(WITHOUT_THE_KEY)


def test_every_function_is_in_the_companys_network_or_none(resources: dict[str, Any]) -> None:
    functions = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::Lambda::Function"]
    assert functions
    for each in functions:
        condition, network, none = each["VpcConfig"]["Fn::If"]
        assert (condition, none) == ("HasVpc", NO_VALUE)
        assert network == {name: {"Fn::Split": [",", {"Ref": name}]} for name in ("SubnetIds", "SecurityGroupIds")}


def test_every_function_takes_signed_code_alone_where_that_is_asked_for(resources: dict[str, Any]) -> None:
    functions = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == 6
    wanted = {"Fn::If": ["HasCodeSigning", {"Ref": "CodeSigningConfigArn"}, NO_VALUE]}
    assert all(each["CodeSigningConfigArn"] == wanted for each in functions)


def test_a_code_signing_configuration_is_named_as_lambda_names_them(declared: dict[str, Any]) -> None:
    """The pattern that CloudFormation has for the property: AWS::Lambda::Function, CodeSigningConfigArn."""
    pattern = re.compile(declared["Parameters"]["CodeSigningConfigArn"]["AllowedPattern"])
    own = re.compile(schemas()["AWS::Lambda::Function"]["properties"]["CodeSigningConfigArn"]["pattern"])
    arn = "arn:aws:lambda:eu-central-1:123456789012:code-signing-config:csc-0d4518bd353a0a7c6"
    assert pattern.fullmatch(arn)
    assert own.fullmatch(arn)
    assert not pattern.fullmatch(arn[:-1])
    assert not pattern.fullmatch("arn:aws:signer:eu-central-1:123456789012:/signing-profiles/posthorn")


def test_a_name_of_ones_own_leads_to_the_apis_stage(resources: dict[str, Any]) -> None:
    mapping = resources["DomainMapping"]
    assert mapping["Condition"] == resources["Domain"]["Condition"] == "HasDomain"
    stage = resources[mapping["Properties"]["Stage"]["Ref"]]
    assert (stage["Type"], stage["Properties"]["StageName"]) == ("AWS::ApiGateway::Stage", "api")
    records = [each for each in resources.values() if each["Type"] == "AWS::Route53::RecordSet"]
    assert {each["Properties"]["Type"] for each in records} == {"A", "AAAA"}
    assert {each["Condition"] for each in records} == {"HasHostedZone"}


def test_the_firewall_stands_before_the_stage_that_callers_reach(resources: dict[str, Any]) -> None:
    firewall = resources["Firewall"]
    assert firewall["Condition"] == "HasWebAcl"
    assert firewall["Properties"]["ResourceArn"]["Fn::Sub"].endswith("/restapis/${RestAPI}/stages/${RestAPIapiStage}")


def test_who_may_call_is_written_into_the_api_and_is_everybody_by_default(resources: dict[str, Any]) -> None:
    everybody, *refused = resources["RestAPI"]["Properties"]["Body"]["x-amazon-apigateway-policy"]["Statement"]
    assert (everybody["Effect"], everybody["Principal"]) == ("Allow", "*")
    switches = [each["Fn::If"] for each in refused]
    assert [(condition, each["Effect"], none) for condition, each, none in switches] == [
        ("HasAllowedCidrs", "Deny", NO_VALUE),
        ("HasVpcEndpoints", "Deny", NO_VALUE),
    ]


def test_the_default_address_can_be_switched_off(resources: dict[str, Any]) -> None:
    endpoint = resources["RestAPI"]["Properties"]["Body"]["x-amazon-apigateway-endpoint-configuration"]
    assert endpoint == {"disableExecuteApiEndpoint": {"Fn::If": ["HasDefaultEndpoint", False, True]}}


def test_the_keys_policy_names_every_service_that_writes_to_what_is_encrypted(declared: dict[str, Any]) -> None:
    policy = json.loads((ROOT / "docs" / "examples" / "key-policy.json").read_text("utf-8"))
    named = {service for each in policy["Statement"] for service in _services(each["Principal"])}
    writing = {
        service
        for resource in declared["Resources"].values()
        if resource.get("Type") in {"AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"}
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        for service in _services(statement.get("Fn::If", [None, statement])[1]["Principal"])
    }
    assert writing
    assert named == writing | {"logs.eu-central-1.amazonaws.com"}


def _services(principal: Any) -> list[str]:  # noqa: ANN401 - as IAM takes it
    found = principal.get("Service", []) if isinstance(principal, dict) else []
    return [found] if isinstance(found, str) else found


def test_nothing_of_this_is_made_unless_it_is_asked_for(declared: dict[str, Any]) -> None:
    for name in ("KmsKeyArn", "SubnetIds", "SecurityGroupIds", "DomainName", "CertificateArn", "HostedZoneId",
                 "WebAclArn", "AllowedCidrs", "VpcEndpointIds", "CodeSigningConfigArn"):  # fmt: skip
        assert declared["Parameters"][name]["Default"] == ""
