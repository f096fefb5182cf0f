"""Which partitions and attributes a function writes, and which its role allows it to write.

A condition of a transaction counts as a write.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any, Final

from tests.infra.rights import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS: Final = {"WebhooksTable": "pk", "HistoryTable": "webhook_id", "DirectoryTable": "pk", "NotificationsTable": "pk"}
"""The partition key of each table."""
EVERYTHING: Final = "*"
_CONDITION: Final = "ForAllValues:StringLike"
_KEY: Final = "dynamodb:LeadingKeys"
_ATTRIBUTES: Final = "dynamodb:Attributes"

Write = tuple[str, str, str, str]
"""A function, an action, a table by its logical id, and a partition, or a pattern of partitions."""


def written(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each write of a request: the action in a policy's words, the table's name, and its item or key.

    AWS does not say whether IAM sees the keys of a transaction step by step or all together. So each action of it counts
    with each key that the transaction has in that table: what is allowed then works either way.
    """
    if operation == "TransactWriteItems":
        steps = [next(iter(each.items())) for each in params["TransactItems"]]
        for kind, step in steps:
            for _, other in steps:
                if other["TableName"] == step["TableName"]:
                    yield f"dynamodb:{_STEPS[kind]}", step["TableName"], other.get("Item") or other["Key"]
    elif operation == "BatchWriteItem":
        for table, writes in params["RequestItems"].items():
            for [(_, write)] in (list(each.items()) for each in writes):
                yield "dynamodb:BatchWriteItem", table, write.get("Item") or write["Key"]
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield f"dynamodb:{operation}", params["TableName"], params.get("Item") or params["Key"]


_STEPS: Final = {"Put": "PutItem", "Delete": "DeleteItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem"}
WRITES: Final = frozenset(
    f"dynamodb:{each}" for each in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem")
)
"""The writes of a transaction, including its checks of items, which are steps like the others."""


def allowed(template: Mapping[str, Any]) -> Iterator[Write]:
    """The partitions that each function may write, as patterns."""
    for function, statement in _of_functions(template):
        patterns = statement.get("Condition", {}).get(_CONDITION, {}).get(_KEY, [EVERYTHING])
        table = statement["Resource"].get("Fn::GetAtt", [""])[0] if isinstance(statement["Resource"], dict) else ""
        for action in WRITES & set(statement["Action"]):
            yield from ((function, action, table, pattern) for pattern in patterns)


def updated(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each attribute in the key and the expressions of a request that changes items, with the table's name.

    All expressions of the service write attributes as ``#name`` (`chalicelib.adapters.dynamodb.table`).
    """
    steps = [each["Update"] for each in params.get("TransactItems", ()) if "Update" in each]
    for update in [params] if operation == "UpdateItem" else steps:
        for name in (*update["Key"], *update.get("ExpressionAttributeNames", {}).values()):
            yield update["TableName"], name


def attributes(template: Mapping[str, Any]) -> Iterator[Write]:
    """The attributes that a function may use when it changes an item, if its role restricts them."""
    for function, statement in _of_functions(template):
        named = statement.get("Condition", {}).get("ForAllValues:StringEquals", {}).get(_ATTRIBUTES)
        if named is not None:
            [action] = statement["Action"]
            yield from ((function, action, statement["Resource"]["Fn::GetAtt"][0], each) for each in named)


def _of_functions(template: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each statement of each function's role."""
    for name, resource in template["Resources"].items():
        if name.endswith("Role") and name != "ApiGatewayLogsRole":
            function = {"ApiHandler": "APIHandler"}.get(name.removesuffix("Role"), name.removesuffix("Role"))
            yield from ((function, statement) for statement in statements(resource["Properties"]["Policies"]))


def is_match(write: Write, right: Write) -> bool:
    """Whether the right allows the function to write that partition."""
    return write[:3] == right[:3] and fnmatch.fnmatchcase(write[3], right[3])
