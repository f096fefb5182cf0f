"""The condition keys dynamodb:LeadingKeys and dynamodb:Attributes of the table in a request.

The first has the partition keys in a request. The second has all its attributes: those of items and keys, and those in
expressions, including conditions.

"Using IAM policy conditions for fine-grained access control", docs.aws.amazon.com/amazondynamodb/latest/developerguide/
specifying-conditions.html. ministack does not support them, so a statement with `ForAllValues:` would allow everything.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY: Final = "dynamodb:LeadingKeys"
_ATTRIBUTES: Final = "dynamodb:Attributes"
_BY_TABLE: Final = "keys by table"
_ATTRIBUTES_BY_TABLE: Final = "attributes by table"
_EXPRESSIONS: Final = ("UpdateExpression", "ConditionExpression", "ProjectionExpression", "FilterExpression")
_NAME: Final = re.compile(r"(?<![\w:.#])#?[A-Za-z_]\w*(?!\w*\s*\()")
_WORDS: Final = frozenset({"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"})
_EQUALS: Final = re.compile(r"(#?\w+)\s*=\s*(:\w+)")

_context: Final = iam_actions.dynamodb_service_context
_enforce: Final = iam_evaluator.enforce


def install() -> None:
    """Find the keys of each request, and pass those of the table to each check."""
    iam_actions.dynamodb_service_context = _with_keys
    iam_evaluator.enforce = _enforced


def _with_keys(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = _context(body)
    request = json.loads(body or b"{}")
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for table, key in _named(request):
        keys[table].append(key)
    attributes: defaultdict[str, list[str]] = defaultdict(list)
    for table, name in _spoken_of(request):
        attributes[table].append(name)
    return found | {_BY_TABLE: keys, _ATTRIBUTES_BY_TABLE: attributes}


def _enforced(*args: Any, resource_arn: str = "*", service_context: dict[str, Any] | None = None, **rest: Any) -> Any:  # noqa: ANN401 - ministack's
    if service_context is not None and _BY_TABLE in service_context:
        context = dict(service_context)
        table = resource_arn.partition(":table/")[2].partition("/")[0]
        named = {_KEY: context.pop(_BY_TABLE).get(table), _ATTRIBUTES: context.pop(_ATTRIBUTES_BY_TABLE).get(table)}
        service_context = context | {key: values for key, values in named.items() if values}
    return _enforce(*args, resource_arn=resource_arn, service_context=service_context, **rest)


def _named(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The tables, each with a partition key that is read or written in it."""
    for table, asked in request.get("RequestItems", {}).items():
        for each in asked["Keys"] if isinstance(asked, dict) else asked:
            item = each if isinstance(asked, dict) else next(iter(each.values()))
            yield from _of_item(table, item.get("Item") or item.get("Key") or item)
    for each in request.get("TransactItems", ()):
        for action in each.values():
            yield from _of_item(action["TableName"], action.get("Item") or action["Key"])
    if "KeyConditionExpression" in request:
        yield from _of_query(request)
    elif "TableName" in request and ("Item" in request or "Key" in request):
        yield from _of_item(request["TableName"], request.get("Item") or request["Key"])


def _spoken_of(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The tables, each with an attribute in the request; for batches, the attributes of their items."""
    for table, asked in request.get("RequestItems", {}).items():
        for each in asked["Keys"] if isinstance(asked, dict) else asked:
            item = each if isinstance(asked, dict) else next(iter(each.values()))
            yield from ((table, name) for name in item.get("Item") or item.get("Key") or item)
    steps = [action for each in request.get("TransactItems", ()) for action in each.values()]
    for step in [*steps, *([request] if "TableName" in request else [])]:
        yield from ((step["TableName"], name) for name in _in_step(step))


def _in_step(step: dict[str, Any]) -> Iterator[str]:
    yield from step.get("Item", {})
    yield from step.get("Key", {})
    names = step.get("ExpressionAttributeNames", {})
    for expression in filter(None, map(step.get, _EXPRESSIONS)):
        for name in _NAME.findall(expression):
            if name.upper() not in _WORDS:
                yield names.get(name, name)


def _of_item(table: str, item: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    name = _partition_key(table)
    if name in item:
        yield table, str(next(iter(item[name].values())))


def _of_query(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    names, values = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
    wanted = _partition_key(request["TableName"], request.get("IndexName"))
    for name, value in _EQUALS.findall(request["KeyConditionExpression"]):
        if names.get(name, name) == wanted:
            yield request["TableName"], str(next(iter(values[value].values())))


def _partition_key(table: str, index: str | None = None) -> str | None:
    found: dict[str, Any] | None = dynamodb._tables.get(table)
    if found is None:
        return None
    if index is None:
        return str(found["pk_name"])
    schema = next(each["KeySchema"] for each in found["GlobalSecondaryIndexes"] if each["IndexName"] == index)
    return next(str(each["AttributeName"]) for each in schema if each["KeyType"] == "HASH")
