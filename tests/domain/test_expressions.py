"""What may be kept as a filter or a transform."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidExpression
from chalicelib.domain.expressions import syntax

TAKEN = [
    "modelType == 'datasource' && modelId > `10`",
    "tags[?name == 'x'].value | [0]",
    "{text: text, ids: [actionBy, targetUser], n: length(tags)}",
    "sort_by(tags, &name)[*].name",
    "merge(@, {a: `1`})",
    "not_null(a, b, c)",
    "a[0:5:2]",
    "`old`",
    "a" * 1_000,
]
REFUSED = [
    ("", "an expression is expected", 0),
    ("a.", "it ends too early", 2),
    ("a[", "it ends too early", 2),
    ("a b", "'b' is not expected here", 2),
    ("a ==", "it ends too early", 4),
    ("#", "Unknown token #", 0),
    ("b == 'abc", "Unclosed ' delimiter", 5),
    ("a && nope(@)", "there is no function nope()", 5),
    ("a[?abs(@) > `1`].length(@, @)", "length() takes 1 argument, not 2", 17),
    ("contains(a)", "contains() takes 2 arguments, not 1", 0),
    ("merge()", "merge() takes at least 1 argument, not 0", 0),
    ("a" * 1_001, "an expression has at most 1,000 characters", 1_000),
    ("|".join(["[@,@]"] * 100), "it is nested deeper than 60 levels", 0),
    ("!" * 900 + "a", "it is nested deeper than 60 levels", 0),
]


@pytest.mark.parametrize("expression", TAKEN, ids=lambda text: text[:20])
def test_jmespath_is_taken(expression: str) -> None:
    syntax.check("filter", expression)


def test_none_at_all_is_taken() -> None:
    syntax.check("filter", None)


@pytest.mark.parametrize(("expression", "problem", "position"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_is_none_is_refused_with_its_place(expression: str, problem: str, position: int) -> None:
    with pytest.raises(InvalidExpression) as caught:
        syntax.check("filter", expression)
    assert caught.value.fields == {"filter": f"{problem}, at character {position}"}
    assert caught.value.message == f"The filter is not valid: {problem}, at character {position}."


@given(st.text(st.sampled_from("ab.[]*?@&|!=<>()`'\"{},:0-1 \\\n"), max_size=60))
def test_anything_is_taken_or_refused(expression: str) -> None:
    with suppress(InvalidExpression):
        syntax.check("transform", expression)
