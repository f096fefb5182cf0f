"""Everything that can have tags has the stage's: what a bill is split by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.deployer.schemas import schemas
from infra.deployment import DeploymentError
from infra.deployment.tags import tags
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "operate" / "account.md"


def _of(found: list[dict[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in found}


def test_a_stack_is_tagged_with_its_stage() -> None:
    assert _of(tags([], "prod", [])) == {"posthorn:stage": "prod"}


def test_tags_stay_until_another_value_is_given_or_none() -> None:
    before = tags(["team=hooks", "cost=7"], "prod", [])
    assert _of(tags(["cost=8"], "prod", before)) == {"posthorn:stage": "prod", "team": "hooks", "cost": "8"}
    assert _of(tags(["team="], "prod", before)) == {"posthorn:stage": "prod", "cost": "7"}


@pytest.mark.parametrize("text", ["team", "=x", "aws:team=x", "posthorn:stage=other"])
def test_what_is_no_tag_is_refused(text: str) -> None:
    with pytest.raises(DeploymentError, match="tag"):
        tags([text], "prod", [])


def test_more_than_fifty_are_refused_before_cloudformation_does() -> None:
    with pytest.raises(DeploymentError, match="50"):
        tags([f"t{number}=x" for number in range(50)], "prod", [])


def test_the_page_lists_what_cannot_be_tagged(translated: Path) -> None:
    kinds = {each["Type"] for each in json.loads(translated.read_text("utf-8"))["Resources"].values()}
    without = sorted(kind.removeprefix("AWS::") for kind in kinds if not schemas()[kind]["tagging"]["taggable"])
    assert ", ".join(f"`{kind}`" for kind in without) in " ".join(PAGE.read_text("utf-8").split())


def test_what_can_be_tagged_takes_tags_when_it_is_made(translated: Path) -> None:
    kinds = {each["Type"] for each in json.loads(translated.read_text("utf-8"))["Resources"].values()}
    for kind in kinds:
        tagging = schemas()[kind]["tagging"]
        assert tagging.get("tagOnCreate") or not tagging["taggable"], kind
