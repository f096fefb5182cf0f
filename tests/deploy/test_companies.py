"""A stage with a company's key, network, domain and list of callers is created, and delivers.

The engine does not encrypt at rest, and ignores the key of a table and a topic and the network of a function. Those are
checked in the translated template (`tests/infra/test_companies.py`). Everything else uses what the template declares.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from local.receiver import Receiver
from tests.deploy.stage import Stage, notification

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.emulator import Emulator

DOMAIN = "hooks.example.com"


@pytest.fixture(scope="module")
def given(account: Emulator) -> dict[str, str]:
    """What the company has in its account already."""
    ec2, kms, acm, route53 = (account.client(each) for each in ("ec2", "kms", "acm", "route53"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"] for n in range(2)]
    group = ec2.create_security_group(GroupName="own", Description="own", VpcId=vpc)["GroupId"]
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="own")["HostedZone"]["Id"].rpartition("/")[2]
    return {
        "KmsKeyArn": kms.create_key()["KeyMetadata"]["Arn"],
        "SubnetIds": ",".join(subnets),
        "SecurityGroupIds": group,
        "DomainName": DOMAIN,
        "CertificateArn": acm.request_certificate(DomainName=DOMAIN)["CertificateArn"],
        "HostedZoneId": zone,
        "AllowedCidrs": "127.0.0.0/8,192.0.2.0/24",
    }


@pytest.fixture(scope="module")
def own(account: Emulator, packaged: Path, given: dict[str, str]) -> Iterator[Stage]:
    made = Stage(account, "own")
    done = made.deploy(packaged, *(f"{name}={value}" for name, value in given.items()))
    assert done.status == 0, done.said
    assert f"https://{DOMAIN}/" in done.said
    yield replace(made, admin_key=made.first_key().printed)
    assert made.destroy("--yes", "own").status == 0


def test_it_delivers(own: Stage) -> None:
    with Receiver() as receiver:
        own.webhook(receiver.url)
        own.send(notification())
        assert receiver.next().headers["webhook-id"]


def test_queues_and_logs_have_the_companys_key(own: Stage, given: dict[str, str]) -> None:
    key, client = given["KmsKeyArn"], own.account.client
    url = own.outputs["NotificationsQueueURL"]
    queue = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["KmsMasterKeyId"])["Attributes"]
    groups = client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/posthorn-own-")["logGroups"]
    assert queue["KmsMasterKeyId"] == key
    assert {each.get("kmsKeyId") for each in groups} == {key}


def test_the_companys_name_leads_to_the_api(own: Stage) -> None:
    [mapping] = own.account.client("apigateway").get_base_path_mappings(domainName=DOMAIN)["items"]
    assert mapping["stage"] == "api"
    assert mapping["restApiId"] in own.outputs["EndpointURL"]


def test_a_webhooks_secret_is_in_the_table_under_the_companys_key(own: Stage) -> None:
    with Receiver() as receiver:
        made = own.webhook(receiver.url)
    table = own.outputs["WebhooksTableName"]
    key = {"pk": {"S": made["id"]}, "sk": {"S": "webhook"}}
    item = own.account.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
    assert "sealed" in item
    assert made["secret"] not in str(item)
