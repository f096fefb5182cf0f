"""The tree of errors."""

from __future__ import annotations

import inspect
import re

from chalicelib.domain import errors
from chalicelib.domain.errors import PosthornError

CLASSES = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, PosthornError)]


def _drawn() -> dict[str, str]:
    """Class → parent, as the module's docstring draws them."""
    parents: dict[str, str] = {}
    above = ["PosthornError"]
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([│ ]*)[├└]── (\w+)", line)
        if match is not None:
            depth = len(match[1]) // 4 + 1
            above[depth:] = [match[2]]
            parents[match[2]] = above[depth - 1]
    return parents


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    bases = {each.__name__: each.__base__.__name__ for each in CLASSES if each.__base__ and each is not PosthornError}
    assert _drawn() == bases


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [each.code for each in CLASSES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


def test_an_error_says_what_and_where() -> None:
    error = errors.InvalidInput("The URL is wrong.", {"url": "is wrong"})
    assert (str(error), error.message, error.fields) == ("The URL is wrong.", "The URL is wrong.", {"url": "is wrong"})
    assert errors.NotFound("x").fields == {}
