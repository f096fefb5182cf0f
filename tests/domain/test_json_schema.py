"""JSON Schemas: Draft 2020-12 as its authors test it, and no schema or document that takes more work than is allowed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput, SchemaViolation
from chalicelib.domain.notifications import json_schema
from chalicelib.domain.notifications.json_schema import equality, model, patterns, work
from chalicelib.domain.notifications.json_schema.compiler import compiled
from tests.slowness import slowness

if TYPE_CHECKING:
    from collections.abc import Callable

SUITE = json.loads(Path(__file__).with_name("schema_suite").joinpath("draft2020-12.json").read_text("utf-8"))
"""The JSON Schema project's own tests; schema_suite/LICENSE is theirs."""
REFUSED = (
    "only https://json-schema.org/draft/2020-12/schema",
    "a reference within this schema",
    "only the root of the schema",
)
"""A schema has one dialect and can only refer to itself. The other schemas of the suite are all accepted."""
CPU_S_MAX = 0.25
DOCUMENT_BYTES = 131_072


def _met(schema: str, document: object) -> bool:
    try:
        json_schema.check(schema, json.dumps(document), "orderShipped")
    except SchemaViolation:
        return False
    return True


@pytest.mark.parametrize("name", SUITE)
def test_it_answers_as_the_authors_of_json_schema_say(name: str) -> None:
    answers = []
    for case in SUITE[name]:
        schema = case["schema"] if isinstance(case["schema"], dict) else {"allOf": [case["schema"]]}
        try:
            text = json_schema.checked(json.dumps(schema))
        except InvalidInput as refused:
            assert any(each in refused.message for each in REFUSED), case["description"]  # noqa: PT017 - not each is refused
            continue
        answers += [(case["description"], test["description"], _met(text, test["data"])) for test in case["tests"]]
    wanted = {(case["description"], test["description"], test["valid"]) for case in SUITE[name] for test in case["tests"]}
    assert set(answers) <= wanted


def test_hardly_any_case_of_the_suite_is_left_out() -> None:
    taken = 0
    for case in (case for cases in SUITE.values() for case in cases):
        try:
            compiled(case["schema"] if isinstance(case["schema"], dict) else {"allOf": [case["schema"]]})
        except ValueError as error:
            raise AssertionError(case) from error
        except Exception:  # noqa: BLE001, S112 - counted
            continue
        taken += len(case["tests"])
    assert taken >= 1_240


SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 0.5, 2.5]) | st.sampled_from(["", "a", "b", "ab"])
)
NAMES = st.sampled_from(["a", "b", "ab"])
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
DEFINITIONS: list[dict[str, Any]] = [
    {"type": "integer"},
    {"type": ["string", "object"]},
    {"minimum": 1},
    {"exclusiveMaximum": 2},
    {"multipleOf": 2},
    {"maxLength": 1},
    {"minItems": 1},
    {"maxProperties": 1},
    {"pattern": "^a"},
    {"uniqueItems": True},
    {"required": ["a"]},
    {"dependentRequired": {"a": ["b"]}},
    {"enum": [1, "a", [], {"a": 1}]},
    {"const": {"a": [1]}},
]
LEAVES = st.sampled_from([*DEFINITIONS, {"$ref": "#/$defs/d"}])


APPLIED = {
    **dict.fromkeys(["not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames"], 0),
    **dict.fromkeys(["allOf", "anyOf", "oneOf", "prefixItems"], 1),
    **dict.fromkeys(["properties", "dependentSchemas", "patternProperties"], 2),
}


@st.composite
def _schemas(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    schema = dict(draw(LEAVES))
    for keyword in draw(st.lists(st.sampled_from(sorted(APPLIED)), max_size=2 if depth else 0, unique=True)):
        inner = [draw(_schemas(depth - 1)) for _ in range(1 if APPLIED[keyword] == 0 else 2)]
        schema[keyword] = [inner[0], inner, dict(zip(["a", "b"], inner, strict=False))][APPLIED[keyword]]
    return schema


@given(_schemas(), st.sampled_from(DEFINITIONS), DOCUMENTS)
@settings(max_examples=300, deadline=None)
def test_it_finds_what_the_reference_implementation_finds(
    schema: dict[str, Any], definition: dict[str, Any], document: object
) -> None:
    whole = {**schema, "$defs": {"d": definition}}
    errors = list(jsonschema.Draft202012Validator(whole).iter_errors(document))
    places = {".".join(map(str, each.absolute_path)) or "(the whole)" for each in errors}
    found = json_schema.violations(compiled(whole), json.dumps(document))
    assert set(found) == places


@given(DOCUMENTS, DOCUMENTS)
def test_values_have_the_same_key_exactly_if_json_schema_calls_them_equal(one: object, other: object) -> None:
    values, units = equality.Values({}), work.Work(10**6)
    is_same = values.key(one, units) == values.key(other, units)
    assert is_same is bool(jsonschema.Draft202012Validator({"const": one}).is_valid(other))


def test_numbers_with_the_same_hash_have_keys_with_different_ones() -> None:
    values, units = equality.Values({}), work.Work(10**6)
    numbers = [each * (2**61 - 1) for each in range(1, 1_000)]
    assert len({hash(each) for each in numbers}) == 1
    assert len({hash(values.key(each, units)) for each in numbers}) > 990


# ── Patterns ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("^a$", "a\n", False),
        ("b", "abc", True),
        (r"^\d$", "٣", False),
        (r"^\w$", "é", False),
        (r"^\S\s$", "a\ufeff", True),
        ("^.$", "\u2028", False),
        ("^[[]$", "[", True),
        ("^[a&&b]$", "&", True),
        ("^[!--a]$", "-", True),
        (r"^[\D]$", "a", True),
        (r"^\cA[\cA]$", "\x01\x01", True),
        (r"^\u00e9$", "é", True),
        (r"^\/\-$", "/-", True),
        (r"^\p{L}+$", "éa", True),
        ("^(?<year>[0-9]{4})$", "2026", True),
        ("(?i)^A$", "a", True),
    ],
)
def test_a_pattern_means_what_ecma_262_says(pattern: str, text: str, *, is_found: bool) -> None:
    assert patterns.matcher(pattern, work.Work(10**6))(work.Work(10**6), text) is is_found


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?=a)", "look-around"),
        ("(?<!a)b", "look-around"),
        (r"(a)\1", "backreferences are not supported"),
        ("a*+", "a quantifier after a quantifier"),
        ("a**", "a quantifier after a quantifier"),
        ("(?x)a b", "is not supported"),
        ("(", "unclosed group"),
        (")", "no opening one"),
        ("[a", "not closed"),
        ("a{2", "unclosed counted repetition"),
        (r"a\Z", "unrecognized escape"),
        (r"\p{L}{500}", "larger than 20000 states"),
        ("((a{100}){100}){100}", "larger than 20000 states"),
        ("\\", "escape"),
    ],
)
def test_a_pattern_that_the_engine_does_not_have_is_refused_with_the_reason(pattern: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=r"schema\.pattern: the pattern cannot be used") as refused:
        json_schema.checked(json.dumps({"pattern": pattern}))
    assert said in refused.value.fields["schema.pattern"]


def test_a_stored_schema_whose_pattern_cannot_be_used_any_more_refuses_with_what_to_do() -> None:
    with pytest.raises(SchemaViolation, match=r"no longer valid: schema\.pattern: .*PUT /webhooks/actions/orderShipped"):
        json_schema.check('{"pattern":"(?=a)"}', '{"a":1}', "orderShipped")


# ── Work ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _doubled(link: Callable[[dict[str, Any]], dict[str, Any]], depth: int, last: dict[str, Any]) -> dict[str, Any]:
    """A schema each of whose definitions applies the next one twice."""
    links = {f"d{level}": link({"$ref": f"#/$defs/d{level + 1}"}) for level in range(depth)}
    return {"$ref": "#/$defs/d0", "$defs": {**links, f"d{depth}": last}}


def _nested(depth: int) -> object:
    document: object = 1
    for _ in range(depth):
        document = [document]
    return document


REGISTERED: dict[str, tuple[dict[str, Any], str]] = {
    "allOf through definitions": (_doubled(lambda ref: {"allOf": [ref, ref]}, 25, {}), "units of work; 50000 are allowed"),
    "if and then": (_doubled(lambda ref: {"if": ref, "then": ref}, 40, {}), "units of work; 50000 are allowed"),
    "dependentSchemas": (
        _doubled(lambda ref: {"dependentSchemas": {"a": ref, "b": ref}}, 40, {}),
        "units of work; 50000 are allowed",
    ),
    "a circle": ({"anyOf": [{"not": {"$ref": "#"}}]}, "refers to itself in an endless loop"),
    "a chain": (_doubled(lambda ref: ref, 200, {}), "a chain of more than 100 schemas"),
    "nesting": ({"not": json.loads('{"not":' * 150 + "{}" + "}" * 150)}, "nested deeper than 100 levels"),
    "patterns": ({"allOf": [{"pattern": f"a{number}"} for number in range(101)]}, "100 different patterns"),
    "costly patterns": ({"allOf": [{"pattern": rf"\pL{{{50 + n}}}"} for n in range(99)]}, "400000 units of work"),
    "many parts": ({"anyOf": [True] * 20_001}, "400000 units of work"),
}


@pytest.mark.parametrize("name", REGISTERED)
def test_a_schema_that_asks_for_too_much_is_refused_when_it_is_registered(name: str) -> None:
    schema, said = REGISTERED[name]

    def register() -> None:
        with pytest.raises(InvalidInput) as refused:
            json_schema.checked(json.dumps(schema))
        assert said in refused.value.message

    assert least_cpu_s(register) < CPU_S_MAX * slowness()


def least_cpu_s(act: Callable[[], None]) -> float:
    """Of three times, each as the first one: what else the machine does makes the others longer."""
    taken = []
    for _ in range(3):
        json_schema._ready.cache_clear()
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return min(taken)


RANDOM_BITS = "".join("ab"[int(bit)] for bit in f"{pow(3, 80_000):b}")[:125_000]
HOSTILE: dict[str, tuple[dict[str, Any], object]] = {
    "uniqueItems": ({"uniqueItems": True}, [{"a": number} for number in range(11_000)]),
    "uniqueItems at each level": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"uniqueItems": True, "items": {"$ref": "#/$defs/a"}}}},
        [[[[number]]] for number in range(11_000)],
    ),
    "uniqueItems of numbers with one hash": ({"uniqueItems": True}, [number * (2**61 - 1) for number in range(1, 5_600)]),
    "a pattern that backtracks": ({"pattern": "^(a+)+$"}, "a" * 131_000 + "!"),
    "a pattern with thousands of states": ({"pattern": "(([^c]){0,20}){0,50}c"}, "a" * 131_000 + "c"),
    "a pattern with too many states": ({"pattern": "(a|b)*a(a|b){40}[cd]$"}, RANDOM_BITS + "c"),
    "one of many": ({"items": {"oneOf": [{"const": number} for number in range(1_000)]}}, list(range(20_000))),
    "required by many": ({"items": {"required": [f"k{number}" for number in range(9_000)]}}, [{}] * 40_000),
    "recursion that doubles": ({"items": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}, _nested(25)),
    "unevaluated, recursive": (
        {"unevaluatedItems": {"$ref": "#"}, "anyOf": [{"contains": {"$ref": "#"}}, {"prefixItems": [{"$ref": "#"}]}]},
        _nested(25),
    ),
    "unevaluatedProperties at each level": (
        {
            "items": {"$ref": "#/$defs/a40"},
            "$defs": {
                "a0": {"properties": {f"k{number}": {} for number in range(400)}},
                **{
                    f"a{level}": {"allOf": [{"$ref": f"#/$defs/a{level - 1}"}], "unevaluatedProperties": False}
                    for level in range(1, 41)
                },
            },
        },
        [{f"k{number}": 1 for number in range(400)}] * 30,
    ),
    "patternProperties": ({"patternProperties": {f"k{n}$": {} for n in range(100)}}, {f"k{n}": 1 for n in range(11_000)}),
    "a problem for each of many large values": (
        {"items": {"anyOf": [{"type": "string"}] * 500}},
        [{"a": "x" * 100}] * 1_000,
    ),
    "enum of objects": ({"items": {"enum": [{"a": [n] * 8} for n in range(2_000)]}}, [{"a": [n] * 8} for n in range(2_900)]),
    "multiples of a fraction": ({"items": {"multipleOf": 1e-300}}, [1e300] * 18_000),
    "numbers of thousands of digits": ({"items": {"multipleOf": 7**2_000}}, [10**4_290 + n for n in range(30)]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_schema_and_no_document_take_longer_than_a_quarter_of_a_second(name: str) -> None:
    schema, document = HOSTILE[name]
    text, sent = json_schema.checked(json.dumps(schema)), json.dumps(document, separators=(",", ":"))
    assert len(text) <= DOCUMENT_BYTES
    assert len(sent) <= DOCUMENT_BYTES + 10

    def check() -> None:
        try:
            json_schema.check(text, sent, "orderShipped")
        except SchemaViolation as violation:
            assert len(violation.message) < 1_000  # noqa: PT017 - either answer will do

    assert least_cpu_s(check) < CPU_S_MAX * slowness()


@pytest.mark.parametrize(
    ("schema", "document", "units"),
    [
        ({}, {}, 1),
        ({"items": {"type": "integer"}}, [1] * 1_000, 2 + 1_000 + 1_000 * 2),
        ({"required": ["a", *(f"k{number}" for number in range(99))]}, {}, 2 + 100 + 4),
        ({"uniqueItems": True}, [[number] for number in range(100)], 2 + 100 * (8 + 2 + 2)),
        ({"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array"}]}, {}, 2 + 2 * 2),
    ],
)
def test_a_check_takes_the_same_units_on_every_machine(schema: dict[str, Any], document: object, units: int) -> None:
    ready = compiled(schema)
    run = model.Run(10**6, equality.Values(ready.known))
    ready.root.holds(run, document, None, None, None)
    assert 10**6 - run.left == units


@pytest.mark.parametrize("depth", [12, 25])
def test_work_is_counted_and_not_timed(depth: int) -> None:
    """The same units on every machine: a document one level deeper takes twice as many, until there are no more."""
    ready, sent = compiled({"items": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}), json.dumps(_nested(depth))
    if work.allowance(sent) >= 7 * 2**depth:
        json_schema.violations(ready, sent)
    else:
        with pytest.raises(work.TooMuchWork):
            json_schema.violations(ready, sent)


def test_a_document_that_takes_too_much_work_is_refused_with_what_to_do() -> None:
    schema = json_schema.checked(json.dumps({"items": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}))
    with pytest.raises(SchemaViolation, match=r"needs more work than is allowed for \d+ characters\. Send less") as refused:
        json_schema.check(schema, json.dumps(_nested(25)), "orderShipped")
    assert refused.value.fields == {}


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ({"items": {"type": "integer", "minimum": 0}}, [1] * 60_000),
        (
            {
                "items": {
                    "type": "object",
                    "required": ["id", "quantity"],
                    "properties": {
                        "id": {"type": "string", "pattern": "^[a-z]+-[0-9]{1,8}$"},
                        "quantity": {"type": "integer", "minimum": 1},
                        "price": {"type": "number", "multipleOf": 0.01},
                        "state": {"enum": ["new", "paid", "sent"]},
                    },
                    "additionalProperties": False,
                }
            },
            [{"id": f"a-{n}", "quantity": 1 + n, "price": 19.99, "state": "paid"} for n in range(2_000)],
        ),
        ({"uniqueItems": True}, [{"sku": f"{n:06}"} for n in range(7_000)]),
    ],
)
def test_an_honest_schema_checks_the_largest_document(schema: dict[str, Any], document: object) -> None:
    json_schema.check(json_schema.checked(json.dumps(schema)), json.dumps(document, separators=(",", ":")), "orderShipped")


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"required": ["a", 1]}, "schema.required.1"),
        ({"dependentRequired": {"a": ["b", "b"]}}, "schema.dependentRequired.a"),
        ({"multipleOf": 0}, "schema.multipleOf"),
        ({"maxLength": -1}, "schema.maxLength"),
        ({"allOf": []}, "schema.allOf"),
        ({"properties": {"a": 1}}, "schema.properties.a"),
        ({"properties": []}, "schema.properties"),
        ({"type": ["string", "text"]}, "schema.type.1"),
        ({"items": [{}]}, "schema.items"),
        ({"title": 1}, "schema.title"),
        ({"patternProperties": {"(": {}}}, "schema.patternProperties.("),
        ({"then": {"minimum": None}}, "schema.then.minimum"),
        ({"items": {"$schema": "http://json-schema.org/draft-07/schema#"}}, "schema.items.$schema"),
    ],
)
def test_what_is_wrong_with_a_schema_is_reported_with_its_place(schema: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        json_schema.checked(json.dumps(schema))
    assert refused.value.fields.keys() == {path}


def test_a_class_of_few_characters_weighs_less_than_one_of_all_the_others() -> None:
    """A character beyond ASCII takes the engine several states."""
    json_schema.checked(json.dumps({"pattern": "[ab]{4000}"}))
    with pytest.raises(InvalidInput) as refused:
        json_schema.checked(json.dumps({"pattern": "[^ab]{4000}"}))
    assert "larger than 20000 states" in refused.value.fields["schema.pattern"]
