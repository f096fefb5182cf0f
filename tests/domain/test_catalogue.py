"""Templates, names, prefixes and schemas of the catalogue."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput, SchemaViolation
from chalicelib.domain.notifications import catalogue, json_schema, matching, notification_types
from chalicelib.domain.notifications.matching import Subscription
from tests.domain.samples import notified, webhook

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,20}", fullmatch=True)
SCHEMA = {
    "type": "object",
    "required": ["orderId"],
    "properties": {"orderId": {"$ref": "#/$defs/number"}, "items": {"type": "array", "items": {"type": "string"}}},
    "$defs": {"number": {"type": "integer", "minimum": 1}},
}


@pytest.mark.parametrize(
    ("template", "character"),
    [
        ("{", 1),
        ("}", 1),
        ("a {b} c", 3),
        ("{actor", 1),
        ("{{actor}}", 1),
        ("{actor!r}", 1),
        ("{actor.x}", 1),
        ("{actor} {}", 9),
    ],
)
def test_a_brace_that_is_no_placeholder_is_refused_with_its_place(template: str, character: int) -> None:
    with pytest.raises(InvalidInput, match=f"at character {character} ") as refused:
        catalogue.check_template(template)
    assert refused.value.fields.keys() == {"template"}


@given(st.lists(st.sampled_from(catalogue.PLACEHOLDERS) | st.text(st.characters(exclude_characters="{}")), min_size=1))
def test_what_is_accepted_as_a_template_can_be_filled_in(parts: list[str]) -> None:
    parts = ["In short: ", *parts]
    template = "".join(parts)
    catalogue.check_template(template)
    taken = replace(notified('{"notificationType":"orderShipped","actionBy":"{subject}"}'), template=template)
    filled = {"{actor}": "user {subject}", "{subject}": "something", "{target}": "a user"}
    assert taken.sentence({}) == "".join(filled.get(part, part) for part in parts)


@given(st.text())
def test_no_template_is_accepted_that_breaks_when_it_is_filled_in(template: str) -> None:
    try:
        catalogue.check_template(template)
    except InvalidInput:
        return
    template.format(actor="a", subject="b", target="c")


@pytest.mark.parametrize("name", ["", "1a", "a b", "a*", "é", "a" * 101])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        catalogue.custom(name=name, template=None, description=None, schema=None)
    assert refused.value.fields.keys() == {"name"}


@pytest.mark.parametrize("template", [None, "", " ", "\u200b"])
def test_a_type_without_a_template_says_its_name_and_what_it_was_done_to(template: str | None) -> None:
    entry = catalogue.custom(name="orderShipped", template=template, description=None, schema=None)
    taken = replace(notified('{"notificationType":"orderShipped","name":"Order 7"}'), template=entry.template)
    assert taken.sentence({}) == "OrderShipped: Order 7"


def test_a_blank_template_that_was_kept_makes_no_blank_sentence() -> None:
    taken = replace(notified('{"notificationType":"orderShipped","name":"Order 7"}'), template=" ")
    assert taken.sentence({}) == "orderShipped: Order 7"


@pytest.mark.parametrize("name", ["modelCreated", "MODELCREATED", "all_notifications"])
def test_built_in_types_are_found_in_any_case(name: str) -> None:
    entry = catalogue.built_in(name)
    assert entry is not None
    assert entry.name.lower() == name.lower()


# ── Prefixes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "is_prefix"),
    [
        ("collection*", True),
        ("c*", True),
        ("*", False),
        ("a**", False),
        ("a*b", False),
        ("*a", False),
        ("a", False),
        ("1*", False),
    ],
)
def test_a_prefix_is_the_beginning_of_a_name_and_one_wildcard(text: str, *, is_prefix: bool) -> None:
    assert notification_types.is_prefix(text) is is_prefix


@pytest.mark.parametrize(
    ("given_prefix", "shown"),
    [("COLLECTION*", "collection*"), ("modelA*", "modelA*"), ("MODELa*", "modelA*"), ("Zz*", "Zz*")],
)
def test_a_prefix_is_spelled_as_the_catalogue_spells_it(given_prefix: str, shown: str) -> None:
    assert notification_types.canonical_prefix(given_prefix) == shown


@given(NAMES, st.data())
def test_each_beginning_of_a_name_covers_it_in_any_case(name: str, data: st.DataObject) -> None:
    prefix = name[: data.draw(st.integers(1, len(name)))]
    assert notification_types.covers(prefix.swapcase() + "*", name)


@given(NAMES, NAMES)
def test_a_prefix_covers_what_begins_so_and_nothing_else(prefix: str, name: str) -> None:
    assert notification_types.covers(prefix + "*", name) is name.lower().startswith(prefix.lower())


def test_no_prefix_covers_the_dummy_type() -> None:
    assert not notification_types.covers("ALL*", "ALL_NOTIFICATIONS")


@pytest.mark.parametrize(
    ("wanted", "notification_type", "is_wanted"),
    [
        ("collection*", "collectionCreated", True),
        ("COLLECTION*", "collectionDeleted", True),
        ("collection*", "modelCreated", False),
        ("order*", "orderShipped", False),
    ],
)
def test_a_prefix_means_types_of_the_catalogue(wanted: str, notification_type: str, *, is_wanted: bool) -> None:
    hook = webhook(is_global=True, notification_types=(wanted,))
    found = matching.first_source(hook, notified(json.dumps({"notificationType": notification_type})))
    assert (found is not None) is is_wanted


def test_a_prefix_means_the_admins_types_too() -> None:
    hook = webhook(is_global=True, notification_types=("order*",))
    taken = replace(notified('{"notificationType":"orderShipped"}'), template="{subject}")
    assert matching.first_source(hook, taken) == Subscription("global", "orderShipped")


@given(st.lists(NAMES, max_size=6), st.lists(NAMES, max_size=6), st.lists(NAMES, min_size=1, max_size=3))
def test_a_webhook_has_a_row_for_each_type_that_it_wants(custom: list[str], named: list[str], prefixes: list[str]) -> None:
    hook = webhook(is_global=True, notification_types=(*named, *(f"{each}*" for each in prefixes)))
    rows = matching.expanded(matching.subscriptions(hook), custom)
    found = {row.notification_type for row in rows if not row.is_prefix}
    assert found == set(named) | {each for each in custom if any(each.lower().startswith(p.lower()) for p in prefixes)}


@given(st.sets(st.sampled_from(["a", "ab", "abc", "a*", "ab*", "b*"])), st.sets(st.sampled_from(["a", "ab", "a*", "ab*"])))
def test_after_a_change_only_rows_that_nothing_asks_for_are_outdated(old: set[str], new: set[str]) -> None:
    names = ["a", "ab", "abc", "b"]
    before = matching.expanded({Subscription("global", each) for each in old}, names)
    wanted = {Subscription("global", each) for each in new}
    left = before - matching.outdated(before, wanted)
    assert left == before & matching.expanded(wanted, names)


# ── Schemas ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_meets_its_schema_passes() -> None:
    json_schema.check(json_schema.checked(json.dumps(SCHEMA)), '{"orderId":7,"items":["a"]}', "orderShipped")


@pytest.mark.parametrize(
    ("text", "path", "problem"),
    [
        ("{}", "(the whole)", "'orderId' is a required property"),
        ('{"orderId":"secret"}', "orderId", 'type of the schema is "integer"'),
        ('{"orderId":0}', "orderId", "minimum of the schema is 1"),
        ('{"orderId":1,"items":["a",{}]}', "items.1", 'type of the schema is "string"'),
    ],
)
def test_a_violation_tells_the_path_and_the_rule_but_not_the_value(text: str, path: str, problem: str) -> None:
    with pytest.raises(SchemaViolation) as refused:
        json_schema.check(json_schema.checked(json.dumps(SCHEMA)), text, "orderShipped")
    assert refused.value.fields == {path: problem}
    assert "secret" not in refused.value.message


def test_no_more_violations_are_told_than_anybody_reads() -> None:
    schema = json_schema.checked(json.dumps({"additionalProperties": {"type": "string"}}))
    with pytest.raises(SchemaViolation) as refused:
        json_schema.check(schema, json.dumps({f"k{number}": number for number in range(100)}), "orderShipped")
    assert len(refused.value.fields) == json_schema.VIOLATIONS_MAX


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"type": "nonsense"}, "schema.type"),
        ({"properties": {"a": {"minimum": "1"}}}, "schema.properties.a.minimum"),
        ({"properties": {"a": {"pattern": "("}}}, "schema.properties.a.pattern"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "schema.$schema"),
        ({"$ref": "https://example.com/schema.json"}, "schema.$ref"),
        ({"$ref": "file:///etc/passwd"}, "schema.$ref"),
        ({"items": {"$dynamicRef": "other#x"}}, "schema.items.$dynamicRef"),
        ({"items": {"$ref": "#/$defs/absent"}}, "schema.items.$ref"),
        ({"items": {"$id": "https://example.com/x"}}, "schema.items.$id"),
        ({"$ref": "#"}, "schema"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_with_the_path(schema: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        json_schema.checked(json.dumps(schema))
    assert refused.value.fields.keys() == {path}


@pytest.mark.parametrize("text", ['{"n":' + "9" * 5_000 + "}"])
def test_what_cannot_be_checked_is_refused(text: str) -> None:
    with pytest.raises(SchemaViolation):
        json_schema.check(json_schema.checked(json.dumps({"type": "object"})), text, "orderShipped")
