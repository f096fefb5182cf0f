"""Reading notifications, and what receivers are told about them."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.errors import InvalidInput, UnknownNotificationType
from chalicelib.domain.notifications import notification, notification_types
from chalicelib.domain.payloads import formats
from chalicelib.domain.payloads.formats import BodyFormat
from tests.domain.samples import NOON, notified

NOBODY = '"actionBy":null,"modelType":null,"modelId":null,"targetUser":null,"targetGroup":null'
TYPE_PROBLEM = "a name of letters"
STRING_PROBLEM = "a string of at most"
PRINCIPAL_PROBLEM = "an integer or a string"


def test_the_pages_notification_is_read() -> None:
    taken = notified()
    assert (taken.id, taken.is_named, taken.notification_type) == ("evt-7f3", True, "modelDeleted")
    assert (taken.action_by, taken.target_user, taken.target_group) == ("1", "1", None)
    assert taken.text == "Steve Touw has deleted the test data source."
    assert taken.accepted_at == NOON


def test_the_least_notification_has_a_type_only() -> None:
    taken = notified('{"notificationType":"modelDeleted"}', notification_id="ntf_9")
    assert (taken.id, taken.is_named, taken.text) == ("ntf_9", False, None)
    assert (taken.action_by, taken.target_user, taken.target_group) == (None, None, None)


BLANK = ["", " ", "\n\t\r", "\u00a0", "\u200b", "\ufeff", "\u2060 \u3000", "\x00", "\u2800", "\u3164"]


@pytest.mark.parametrize("body_format", BodyFormat)
@pytest.mark.parametrize("text", BLANK)
def test_a_blank_text_is_an_absent_one_in_every_format(text: str, body_format: BodyFormat) -> None:
    blank = notified(json.dumps({"notificationType": "modelDeleted", "modelId": 15, "text": text}))
    absent = notified('{"notificationType": "modelDeleted", "modelId": 15}')
    assert blank.text is None
    bodies = [formats.body(body_format, each, each.sentence({})) for each in (blank, absent)]
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("text", ["-", " a ", "\u200bb", "👍", "…"])
def test_a_text_with_anything_to_see_is_kept_as_it_is(text: str) -> None:
    assert notified(json.dumps({"notificationType": "a", "text": text})).text == text


def test_the_summary_is_the_pages_key_for_key() -> None:
    assert notified().summary() == (
        '{"dataSourceName":"test","notificationType":"modelDeleted","actionBy":1,"modelType":"datasource","modelId":15,'
        '"targetUser":1,"targetGroup":null}'
    )


@pytest.mark.parametrize(
    ("sent", "metadata", "written_type"),
    [
        ('{"notificationType":"a"}', "", '"a"'),
        ('{"z":1.10,"notificationType":"a","b":{"y" : 1e400, "x":[ ]}}', '"z":1.10,"b":{"y":1e400,"x":[]},', '"a"'),
        (r'{"notificationType":"MODELDELETED","n":"\u00e9\/","id":"x","text":"y"}', r'"n":"\u00e9\/",', '"modelDeleted"'),
        ('{"targetUser":null,"modelId":null,"notificationType":"a","a":1}', '"a":1,', '"a"'),
    ],
)
def test_metadata_comes_first_and_as_it_was_written(sent: str, metadata: str, written_type: str) -> None:
    assert notified(sent).summary() == f'{{{metadata}"notificationType":{written_type},{NOBODY}}}'


@pytest.mark.parametrize(
    ("members", "field", "problem"),
    [
        ("", "notificationType", TYPE_PROBLEM),
        ('"notificationType":null', "notificationType", TYPE_PROBLEM),
        ('"notificationType":""', "notificationType", TYPE_PROBLEM),
        ('"notificationType":"no spaces"', "notificationType", TYPE_PROBLEM),
        ('"notificationType":"1st"', "notificationType", TYPE_PROBLEM),
        ('"notificationType":"caf\u00e9"', "notificationType", TYPE_PROBLEM),
        ('"notificationType":"a\\n"', "notificationType", TYPE_PROBLEM),
        ('"notificationType":7', "notificationType", STRING_PROBLEM),
        ('"notificationType":["a"]', "notificationType", STRING_PROBLEM),
        (f'"notificationType":"{"a" * 101}"', "notificationType", STRING_PROBLEM),
        ('"notificationType":"\\ud800"', "notificationType", "half a surrogate pair"),
        ('"notificationType":"a","id":7', "id", STRING_PROBLEM),
        ('"notificationType":"a","id":""', "id", "printable"),
        ('"notificationType":"a","id":"a\\u0000"', "id", "printable"),
        ('"notificationType":"a","id":"\\ud800"', "id", "half a surrogate pair"),
        (f'"notificationType":"a","id":"{"x" * 129}"', "id", STRING_PROBLEM),
        ('"notificationType":"a","text":7', "text", STRING_PROBLEM),
        ('"notificationType":"a","text":{"a":1}', "text", STRING_PROBLEM),
        ('"notificationType":"a","text":"\\udc00"', "text", "half a surrogate pair"),
        (f'"notificationType":"a","text":"{"x" * 40_001}"', "text", STRING_PROBLEM),
        *[
            (f'"notificationType":"a","{key}":{value}', key, PRINCIPAL_PROBLEM)
            for key in ("actionBy", "targetUser", "targetGroup")
            for value in (
                "1.5",
                "1e3",
                "true",
                "[]",
                "{}",
                '""',
                '"a\\tb"',
                '"\\ud800"',
                f'"{"x" * 129}"',
                "9" * 129,
                "9" * 9_999,
            )
        ],
    ],
)
def test_what_is_no_notification_is_refused_by_its_field(members: str, field: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        notified("{" + members + "}")
    assert list(refused.value.fields) == [field]
    assert problem in refused.value.fields[field]
    assert field in refused.value.message


@pytest.mark.parametrize(
    ("value", "principal"),
    [
        (None, None), (1, "1"), ("1", "1"), (0, "0"), (-5, "-5"), (10**100, str(10**100)),
        ("steve@example.com", "steve@example.com"), ("x" * 128, "x" * 128), ("Zoë", "Zoë"),
    ],
)  # fmt: skip
def test_a_principal_is_the_same_as_a_number_and_as_a_string(value: object, principal: str | None) -> None:
    assert notification.principal(value) == principal
    assert notified(f'{{"notificationType":"a","actionBy":{json.dumps(value)}}}').action_by == principal


@pytest.mark.parametrize(
    ("members", "names", "sentence"),
    [
        ('"text":"As sent.","notificationType":"modelDeleted"', {}, "As sent."),
        ('"text":null,"notificationType":"modelDeleted"', {}, "The system has deleted something."),
        ('"text":"","notificationType":"modelDeleted"', {}, "The system has deleted something."),
        ('"notificationType":"modelDeleted","actionBy":1', {"1": " "}, "User 1 has deleted something."),
        ('"notificationType":"modelDeleted","name":"\u200b","modelId":15', {}, "The system has deleted 15."),
        ('"notificationType":"modelDeleted","actionBy":1,"dataSourceName":"test","modelType":"datasource"',
         {"1": "Steve Touw"}, "Steve Touw has deleted the test data source."),
        ('"notificationType":"modelDeleted","actionBy":1,"modelType":"datasource","modelId":15', {},
         "User 1 has deleted data source 15."),
        ('"notificationType":"modelDeleted","modelType":"DATASOURCE"', {}, "The system has deleted data source."),
        ('"notificationType":"modelDeleted","modelType":"purpose","modelId":"p-1"', {},
         "The system has deleted purpose p-1."),
        ('"notificationType":"modelDeleted","modelId":15', {}, "The system has deleted 15."),
        ('"notificationType":"modelDeleted","projectName":"Alpha"', {}, "The system has deleted Alpha."),
        ('"notificationType":"modelDeleted","dataSourceName":{"a":1},"name":"b"', {}, "The system has deleted b."),
        ('"notificationType":"modelDeleted","dataSourceName":"{actor} {0}"', {}, "The system has deleted {actor} {0}."),
        ('"notificationType":"userEnabled","targetUser":2', {"2": "Ann"}, "The system has enabled the user Ann."),
        ('"notificationType":"userEnabled","targetUser":2', {}, "The system has enabled the user user 2."),
        ('"notificationType":"removedFromProject","targetGroup":"ops","projectName":"Alpha","actionBy":"1"', {},
         "User 1 has removed group ops from Alpha."),
        ('"notificationType":"dataSourceExpired","dataSourceName":"test","modelType":"datasource"', {},
         "The test data source has expired."),
        ('"notificationType":"somethingNew","modelType":"project","modelId":3', {}, "somethingNew: project 3"),
    ],
)  # fmt: skip
def test_people_are_told_in_a_sentence(members: str, names: dict[str, str], sentence: str) -> None:
    assert notified("{" + members + "}").sentence(names) == sentence


@pytest.mark.parametrize("name", sorted(notification_types.TEMPLATES))
def test_every_type_makes_a_whole_sentence(name: str) -> None:
    sentence = notified(f'{{"notificationType":"{name}"}}').sentence({})
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert not set(sentence) & set("{}")


def test_the_catalogue_lists_each_type_once_whatever_the_case() -> None:
    assert len({name.lower() for name in notification_types.NAMES}) == len(notification_types.NAMES)
    assert notification_types.NAMES[0] == "ALL_NOTIFICATIONS"
    assert all(map(notification_types.is_name, notification_types.NAMES))


@pytest.mark.parametrize("given", ["modelDeleted", "MODELDELETED", "modeldeleted"])
def test_a_known_type_is_known_in_any_case(given: str) -> None:
    assert notification_types.known(given) == notification_types.canonical(given) == "modelDeleted"


def test_an_unknown_type_is_refused_in_a_request_and_kept_on_a_notification() -> None:
    assert notification_types.canonical("SomethingNew") == "SomethingNew"
    with pytest.raises(UnknownNotificationType, match="'SomethingNew' is not a notification type"):
        notification_types.known("SomethingNew")
