"""What expressions make of a notification, and what they may not take."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidExpression
from chalicelib.domain.expressions import evaluation
from chalicelib.domain.expressions.evaluation import Allowance, Document, EvaluationFailed
from tests.slowness import slowness

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)
SAMPLE = Document('{"modelType":"datasource","modelId":15,"price":1.5,"tags":["b","a"],"none":null,"empty":"","more":{}}')
LARGE = Document(json.dumps({"numbers": [1] * 20_000, "text": "a" * 60_000}))
PASSING = ["modelType == 'datasource' && modelId > `10`", "price < `2`", "`0`", "modelId", "!empty", "contains(tags, 'a')"]
HELD_BACK = [
    "modelId > `15`",
    "none",
    "empty",
    "more",
    "tags[?@ == 'c']",
    "nothing",
    "`false`",
    "modelType > `1`",
    "modelType > modelId",
]
FAILING = [
    ("abs(modelType)", "abs() does not accept an argument of type string"),
    ("tags[::`0`]", "is not valid"),
    ("tags[::0]", "slice step cannot be zero"),
    ("to_number('1e999')", "not JSON compliant"),
    ("floor(to_number('1e999'))", "infinity"),
    ("nothing", "its result is null, which is not a body"),
    ("nope(@)", "there is no function nope()"),
]
BOMBS = [
    "|".join(["[@,@]"] * 55),
    "|".join(["[@,@]"] * 20) + "|to_string(@)",
    "|".join(["{a:@,b:@}"] * 50),
    "|".join(["[@,@]"] * 25) + "|@==@",
    "|".join(["[@,@][]"] * 50),
    "|".join(["to_string([@])"] * 50),
    "numbers[*].to_string(@)",
    "map(&map(&@, `[1,2,3]`), numbers)",
    "join(text, numbers[].to_string(@))",
    "join(text, [text,text,text])",
    "[" + ",".join(["text"] * 100) + "]",
    "sort_by(numbers, &to_string(@))",
    "numbers[?contains(`[1]`, @)]",
]


def transformed(expression: str, document: Document) -> str:
    """What a webhook's only expression gives."""
    return evaluation.transformed(expression, document, Allowance())


@pytest.mark.parametrize("expression", PASSING)
def test_a_filter_lets_through_what_is_true(expression: str) -> None:
    assert evaluation.passes_filter(expression, SAMPLE, Allowance())


@pytest.mark.parametrize("expression", HELD_BACK)
def test_a_filter_holds_back_what_is_false_null_or_empty(expression: str) -> None:
    assert not evaluation.passes_filter(expression, SAMPLE, Allowance())


def test_a_transforms_result_is_the_body() -> None:
    made = transformed("{kind: modelType, first: sort(tags)[0], all: @.price}", SAMPLE)
    assert made == '{"kind":"datasource","first":"a","all":1.5}'


def test_whole_numbers_stay_whole_however_long() -> None:
    assert transformed("n", Document('{"n":123456789012345678901234567890}')) == "123456789012345678901234567890"


def test_a_number_that_python_refuses_is_a_failure_and_no_crash() -> None:
    with pytest.raises(EvaluationFailed):
        transformed("n", Document(f'{{"n":{"9" * 5_000}}}'))


@pytest.mark.parametrize(("expression", "reason"), FAILING)
def test_what_fails_says_why(expression: str, reason: str) -> None:
    with pytest.raises(EvaluationFailed, match=reason.replace("(", r"\(").replace(")", r"\)")):
        transformed(expression, SAMPLE)


@pytest.mark.parametrize("expression", BOMBS, ids=lambda text: text[:25])
def test_what_grows_without_bounds_is_stopped_soon(expression: str) -> None:
    began = time.process_time()
    with pytest.raises(EvaluationFailed, match=r"more work than one expression may|bytes of JSON"):
        transformed(expression, LARGE)
    assert time.process_time() - began < 2 * slowness()


def test_what_stands_twice_counts_twice_and_is_looked_at_once() -> None:
    assert len(transformed("|".join(["[@,@]"] * 8), Document('{"a":1}'))) == 2**8 * 7 + 2**9 - 2 + 2**8 - 1


def test_a_result_may_not_be_larger_than_a_queue_takes() -> None:
    with pytest.raises(EvaluationFailed, match=r"its result is 180007 bytes of JSON; at most 131072 are sent"):
        transformed("[text,text,to_string(text)]", Document(json.dumps({"text": "a" * 59_999})))


@given(JSON)
def test_the_whole_comes_out_as_it_went_in(value: object) -> None:
    made = transformed("[v]", Document(json.dumps({"v": value})))
    assert json.loads(made.encode()) == [value]


@given(
    st.dictionaries(st.sampled_from(["a", "b", "n"]), JSON),
    st.text(st.sampled_from("abn.[]*?@&|!=<>()`'{},:01 "), max_size=40),
)
def test_whatever_is_asked_of_whatever_there_is_gives_json_or_a_reason(members: dict[str, object], expression: str) -> None:
    try:
        json.loads(transformed(expression, Document(json.dumps(members))))
    except (EvaluationFailed, InvalidExpression) as failed:
        assert str(failed)  # noqa: PT017 - either is well
