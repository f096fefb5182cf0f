"""Corrects ministack where it differs from AWS in something that these tests need.

- In an API's description it ignores any-methods, the responses of mocks, and gateway responses.
- It requires rights such as sqs:SendMessageBatch. IAM has none: SQS requires those of the single operation.
- It ends a function's invocation when the function is updated or removed. Lambda lets it finish.
- A number that a mapping takes from a parameter stays a string, with which its poller cannot calculate.
- It does not pass to IAM which partitions of a table a request writes (dynamodb:LeadingKeys).
- For a function in a template it ignores the reserved concurrency, and whether it may loop.

It runs inside ministack and uses its internals, so ministack's version is pinned.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final

from ministack.core import iam_actions, lambda_runtime
from ministack.services import apigateway_v1 as apigateway
from ministack.services import dynamodb, lambda_svc
from ministack.services.cloudformation import provisioners

if TYPE_CHECKING:
    from collections.abc import Iterable

_FUNCTION_TIMEOUT_S: Final = 60

_ANY: Final = "x-amazon-apigateway-any-method"
_INTEGRATION: Final = "x-amazon-apigateway-integration"
_REFUSALS: Final = "x-amazon-apigateway-gateway-responses"

_BATCH: Final = "Batch"

_action: Final = iam_actions.extract_iam_action
_context: Final = iam_actions.dynamodb_service_context
_kill: Final = lambda_runtime.kill_workers
_import_api: Final = apigateway._import_rest_api
_import_path: Final = apigateway._import_path_item


def install() -> None:
    """Replace what is wrong."""
    iam_actions.extract_iam_action = _right
    iam_actions.dynamodb_service_context = _with_partitions
    lambda_runtime.kill_workers = _retire
    apigateway._import_rest_api = _api
    apigateway._import_path_item = _path
    provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"] |= {"create": _mapping, "update": _mapping_update}
    provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"] |= {"create": _function, "update": _function_update}


def _right(*request: object) -> str | None:
    action: str | None = _action(*request)
    return action.removesuffix(_BATCH) if action is not None and action.startswith("sqs:") else action


def _with_partitions(body: bytes) -> dict[str, Any]:
    """The condition keys of a request. A table's partition key is the first key that it declares."""
    context: dict[str, Any] = _context(body)
    data = json.loads(body or b"{}")
    items = [(data["TableName"], data.get("Item") or data.get("Key"))] if "TableName" in data else []
    for name, writes in data.get("RequestItems", {}).items():
        if isinstance(writes, list):
            items += [(name, one.get("Item") or one.get("Key")) for each in writes for one in each.values()]
    keys = [_partition(name, item) for name, item in items if item]
    return context | ({"dynamodb:LeadingKeys": keys} if keys else {})


def _partition(table: str, item: dict[str, Any]) -> str:
    key: str = dynamodb._tables[table]["pk_name"]
    return str(next(iter(item[key].values())))


def _retire(workers: Iterable[Any]) -> None:
    for worker in workers:
        threading.Thread(target=_kill_at_rest, args=(worker,), daemon=True).start()


def _kill_at_rest(worker: Any) -> None:  # noqa: ANN401 - a class of ministack's
    """An invocation holds its worker's lock until it has returned."""
    if worker._lock.acquire(timeout=_FUNCTION_TIMEOUT_S):
        worker._lock.release()
    _kill([worker])


def _api(spec: dict[str, Any], base: dict[str, Any] | None = None) -> str:
    api_id: str = _import_api(spec, base)
    for kind, response in spec.get(_REFUSALS, {}).items():
        apigateway._put_gateway_response(api_id, kind, response)
    return api_id


def _path(api_id: str, path: str, item: dict[str, Any], *security: object) -> None:
    _import_path(api_id, path, item, *security)
    if _ANY not in item:
        return
    resource_id = next(each["id"] for each in apigateway._resources[api_id].values() if each["path"] == path)
    apigateway._import_operation(api_id, resource_id, "ANY", item[_ANY])
    if item[_ANY][_INTEGRATION]["type"] == "mock":
        _mock(api_id, resource_id, item[_ANY])


def _mock(api_id: str, resource_id: str, operation: dict[str, Any]) -> None:
    integration = operation[_INTEGRATION]
    apigateway._put_integration(api_id, resource_id, "ANY", integration | {"type": "MOCK"})
    for response in integration["responses"].values():
        status = response["statusCode"]
        declared = {"responseParameters": dict.fromkeys(response.get("responseParameters", {}), False)}
        apigateway._put_method_response(api_id, resource_id, "ANY", status, declared)
        apigateway._put_integration_response(api_id, resource_id, "ANY", status, response)


def _mapping(logical_id: str, properties: dict[str, Any], stack_name: str) -> object:
    return provisioners._lambda_esm_create(logical_id, _numbers(properties), stack_name)


def _mapping_update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str) -> object:
    return provisioners._lambda_esm_update(physical_id, _numbers(old), _numbers(new), stack_name)


def _function(logical_id: str, properties: dict[str, Any], stack_name: str) -> object:
    return _set_up(provisioners._lambda_create(logical_id, properties, stack_name), properties)


def _function_update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any, **named: Any) -> object:  # noqa: ANN401 - ministack's
    return _set_up(provisioners._lambda_update(physical_id, old, new, *rest, **named), new)


def _set_up(made: Any, properties: dict[str, Any]) -> object:  # noqa: ANN401 - a name and attributes, as ministack's
    reserved = properties.get("ReservedConcurrentExecutions")
    lambda_svc._functions[made[0]] |= {
        "concurrency": None if reserved is None else int(reserved),
        "recursive_loop": properties.get("RecursiveLoop", "Terminate"),
    }
    return made


def _numbers(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value, with every string of digits as a number."""
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    return int(value) if isinstance(value, str) and value.isdecimal() else value
