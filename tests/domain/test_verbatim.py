"""JSON kept as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.payloads import raw_json

NUMBERS = ["0", "-0", "1.10", "1e5", "-1E+400", "0.1000000000000000055", "123456789012345678901234567890", "9" * 5_000]
STRINGS = [r'"\u00e9"', '"é"', r'"\/"', r'" a\tb "', '"😀"', r'"\ud83d\ude00"', r'"\ud800"', '""', r'"\\"', r'"\\\""']

blanks = st.text(" \t\r\n", max_size=3)
scalars = st.sampled_from([*NUMBERS, *STRINGS, "true", "false", "null"])


@st.composite
def documents(draw: st.DrawFn, depth: int = 3) -> tuple[str, str]:
    """A value as a producer may write it, and the same without the white space between its tokens."""
    kind = draw(st.sampled_from("s[{")) if depth else "s"
    if kind == "s":
        value = draw(scalars)
        return value, value
    items = draw(st.lists(documents(depth - 1), max_size=3))
    pairs = [(f'"k{number}"', *item) for number, item in enumerate(items)]
    close = {"[": "]", "{": "}"}[kind]
    spaced = [(f"{key}{draw(blanks)}:{draw(blanks)}{value}" if kind == "{" else value) for key, value, _ in pairs]
    tight = [(f"{key}:{value}" if kind == "{" else value) for key, _, value in pairs]
    inner = ",".join(f"{draw(blanks)}{each}{draw(blanks)}" for each in spaced) or draw(blanks)
    return f"{kind}{inner}{close}", f"{kind}{','.join(tight)}{close}"


@given(st.lists(documents(), max_size=5), blanks)
def test_every_member_comes_back_as_it_was_written(values: list[tuple[str, str]], blank: str) -> None:
    text = (
        "{"
        + ",".join(f'{blank}"key {number}"{blank}:{blank}{loose}{blank}' for number, (loose, _) in enumerate(values))
        + "}"
    )
    assert raw_json.members(blank + text + blank) == {f"key {number}": tight for number, (_, tight) in enumerate(values)}


@given(st.lists(documents(), max_size=5), blanks)
def test_every_element_comes_back_as_it_was_written(values: list[tuple[str, str]], blank: str) -> None:
    text = "[" + ",".join(f"{blank}{loose}{blank}" for loose, _ in values) + "]"
    assert raw_json.elements(text) == [tight for _, tight in values]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values=st.dictionaries(st.text(), json_values, max_size=6), is_ascii=st.booleans(), indent=st.sampled_from([None, 1]))
def test_what_python_writes_means_the_same_afterwards(values: dict[str, Any], *, is_ascii: bool, indent: int | None) -> None:
    found = raw_json.members(json.dumps(values, ensure_ascii=is_ascii, indent=indent))
    assert {key: json.loads(value) for key, value in found.items()} == values
    assert list(found) == list(values)


@given(st.text(alphabet='{}[]",:\\ \n01ae.-tu', max_size=40))
def test_whatever_is_sent_it_is_read_as_python_reads_it_or_refused(text: str) -> None:
    try:
        found = raw_json.members(text)
    except InvalidInput:
        return
    assert {key: json.loads(value) for key, value in found.items()} == json.loads(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "A JSON object is expected."),
        ("null", "A JSON object is expected."),
        ("[]", "A JSON object is expected."),
        ('"{}"', "A JSON object is expected."),
        ("\ufeff{}", "A JSON object is expected."),
        ("{", "The JSON object ends too early."),
        ('{"a"', "The JSON object ends too early."),
        ('{"a":', "is not valid"),
        ('{"a":1', "The JSON object ends too early."),
        ('{"a":1,', "The JSON object ends too early."),
        ('{"a":1,}', "'\"' is expected at character 7"),
        ('{"a" 1}', "':' is expected at character 5"),
        ('{"a":1 "b":2}', "',' is expected at character 7"),
        ("{a:1}", "'\"' is expected at character 1"),
        ("{'a':1}", "'\"' is expected at character 1"),
        ('{"a":01}', "',' is expected"),
        ('{"a":.5}', "is not valid"),
        ('{"a":+1}', "is not valid"),
        ('{"a":NaN}', "NaN is not JSON"),
        ('{"a":[-Infinity]}', "-Infinity is not JSON"),
        ('{"a":"\n"}', "Invalid control character"),
        ('{"a\n":1}', "Invalid control character"),
        (r'{"a":"\x"}', "Invalid \\escape"),
        ('{"a":"b}', "Unterminated string"),
        ('{"a":1}}', "There is other text after the JSON object, at character 7."),
        ('{"a":1}{"a":1}', "There is other text"),
        ('{"a":1}\x0b', "There is other text"),
        ('{"a":1,"a":2}', "the key 'a' is repeated"),
        (r'{"a":1,"\u0061":2}', "the key 'a' is repeated"),
        ('{"a":[1,]}', "is not valid"),
        ('{"a":{"b"}}', "is not valid"),
        ('{"a":tru}', "is not valid"),
    ],
)
def test_what_is_no_object_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        raw_json.members(text)
    assert reason in refused.value.message


@pytest.mark.parametrize("text", ["{}", "[1,]", "[,1]", "[1 2]", "[", "[1", "]", "[]]"])
def test_what_is_no_array_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        raw_json.elements(text)


def test_nesting_is_taken_up_to_the_limit() -> None:
    inner = "[" * (raw_json.DEPTH_MAX - 1) + "]" * (raw_json.DEPTH_MAX - 1)
    assert raw_json.members(f'{{"a":{inner}}}') == {"a": inner}


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [raw_json.DEPTH_MAX, 100_000])
def test_nesting_beyond_the_limit_is_refused(opening: str, depth: int) -> None:
    with pytest.raises(InvalidInput, match="nested deeper than 64 levels"):
        raw_json.members('{"a":' + opening * depth)


def test_brackets_in_strings_are_no_nesting() -> None:
    value = '"' + "[" * 1_000 + r"\"" + "{" * 1_000 + '"'
    assert raw_json.members(f'{{"a":{value}}}') == {"a": value}


def test_a_string_that_never_ends_is_refused_in_time_that_grows_with_its_length_only() -> None:
    escaped_quotes = r"\"" * 500_000
    with pytest.raises(InvalidInput, match="Unterminated string"):
        raw_json.members('{"' + escaped_quotes)


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_quoted_is_valid_utf8_and_reads_back_the_same(text: str) -> None:
    quoted = raw_json.quote(text)
    assert json.loads(quoted.encode().decode()) == text
    assert not set(quoted) & {"\ufffe", "\uffff"}


def test_quoting_leaves_unicode_as_it_is() -> None:
    assert raw_json.quote('é 😀 "x"') == '"é 😀 \\"x\\""'


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\ud800"])
def test_each_character_that_a_queue_refuses_is_escaped_and_nothing_beside_it(character: str) -> None:
    assert raw_json.carriable(f'"é{character}"') == f'"é\\u{ord(character):04x}"'
