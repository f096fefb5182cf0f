"""Validates JMESPath expressions (jmespath.org/specification.html) before they are stored as a filter or transform.

An expression must be short and flat, and may call only known functions, each with the right number of arguments.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from jmespath import exceptions, functions, parser

from chalicelib.domain.errors import InvalidExpression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jmespath.visitor import _TreeNode as Node

LENGTH_MAX: Final = 1_000
DEPTH_MAX: Final = 60
"""Nesting levels of an expression. The interpreter needs a few stack frames for each."""
_TOO_DEEP: Final = f"it is nested deeper than {DEPTH_MAX} levels"
_BREAKS_OFF: Final = "it ends too early"


@lru_cache(maxsize=512)
def compiled(expression: str) -> Node:
    """The syntax tree; raise `InvalidExpression` with the position (in characters, from 0) of what is wrong."""
    if len(expression) > LENGTH_MAX:
        raise _invalid(problem=f"an expression has at most {LENGTH_MAX:,} characters", position=LENGTH_MAX)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)  # `literals` without quotes are old but still in use
            parsing = _Parsing()
            tree = parsing.tree_of(expression)
            calls = parsing.calls
    except exceptions.IncompleteExpressionError as error:
        raise _invalid(problem=_BREAKS_OFF, position=len(expression)) from error
    except exceptions.LexerError as error:
        raise _invalid(problem=str(error.message)[:200].rstrip("."), position=error.lexer_position) from error
    except exceptions.ParseError as error:
        token = str(error.token_value)[:50]
        raise _invalid(
            problem=f"{token!r} is not expected here" if token else _BREAKS_OFF, position=error.lex_position
        ) from error
    except RecursionError as error:
        raise _invalid(problem=_TOO_DEEP, position=0) from error
    except ValueError as error:
        raise _invalid(problem="an expression is expected", position=0) from error
    if _is_too_deep(tree):
        raise _invalid(problem=_TOO_DEEP, position=0)
    for (name, position), node in zip(calls, _function_nodes(tree), strict=False):
        _check_call(name, position, len(node["children"]))
    return tree


def check(name: str, expression: str | None) -> None:
    """Raise `InvalidExpression` if an expression is not valid. ``None`` is valid.

    Args:
        name: the field that it is for, `filter` or `transform`.
        expression: the expression.

    """
    if expression is None:
        return
    try:
        compiled(expression)
    except InvalidExpression as error:
        where = error.fields["expression"]
        message = f"The {name} is not valid: {where}."
        raise InvalidExpression(message, {name: where}) from error


class _Parsing(parser.Parser):
    """The library's parser, without its cache, and with access to the tokens."""

    def tree_of(self, expression: str) -> Node:
        """Parse an expression into its syntax tree."""
        tree: Node = self._parse(expression).parsed  # type: ignore[attr-defined]  # not in the stubs
        return tree

    @property
    def calls(self) -> list[tuple[str, int]]:
        """The names of the functions that are called, with their positions."""
        return [
            (str(token["value"]), int(token["start"]))
            for token, following in pairwise(self._tokens)  # type: ignore[attr-defined]  # not in the stubs
            if token["type"] == "unquoted_identifier" and following["type"] == "lparen"
        ]


def _children(node: Node) -> list[Node]:
    """A node's children in the order in which they are written, without the numbers of a slice."""
    if node["type"] == "filter_projection":
        left, right, condition = node["children"]
        return [left, condition, right]
    return [child for child in node["children"] if isinstance(child, dict)]


def _function_nodes(tree: Node) -> Iterator[Node]:
    """The function calls, from left to right as written."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node["type"] == "function_expression":
            yield node
        waiting += reversed(_children(node))


def _is_too_deep(tree: Node) -> bool:
    level = [tree]
    for _ in range(DEPTH_MAX):
        level = [child for node in level for child in _children(node)]
    return bool(level)


def _check_call(name: str, position: int, count: int) -> None:
    """Raise `InvalidExpression` if the function does not exist or takes another number of arguments."""
    known = functions.Functions.FUNCTION_TABLE.get(name)
    if known is None:
        raise _invalid(problem=f"there is no function {name[:50]}()", position=position)
    signature = known["signature"]
    is_variadic = bool(signature) and "variadic" in signature[-1]
    if count < len(signature) or (count > len(signature) and not is_variadic):
        least = "at least " if is_variadic else ""
        problem = f"{name}() takes {least}{len(signature)} argument{'s' * (len(signature) != 1)}, not {count}"
        raise _invalid(problem=problem, position=position)


def _invalid(*, problem: str, position: int) -> InvalidExpression:
    where = f"{problem}, at character {position}"
    return InvalidExpression(f"The expression is not valid: {where}.", {"expression": where})
