"""botocore's serializer of requests, with one short cut: attribute values are written as they are given.

The reverse of `chalicelib.adapters.aws.parser`, for the same reason; the contract suites hold it against botocore's own.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from botocore.serialize import JSONSerializer

_VALUE: Final = "AttributeValue"
"""What botocore's model of DynamoDB calls a value; SQS has no shape of that name."""


class QuickSerializer(JSONSerializer):
    """Items are maps of values: those alone are passed over."""

    def _serialize_type_map(self, serialized: Any, value: Any, shape: Any, key: Any) -> None:  # noqa: ANN401 - botocore has no types
        if shape.value.name == _VALUE:
            serialized[key] = {name: _written(each) for name, each in value.items()}
        else:
            super()._serialize_type_map(serialized, value, shape, key)  # type: ignore[misc] # not in the stubs


def _written(given: dict[str, Any]) -> dict[str, Any]:
    """One value, with its bytes as JSON can have them."""
    ((kind, content),) = given.items()
    match kind:
        case "B":
            return {"B": b64encode(content).decode()}
        case "BS":
            return {"BS": [b64encode(each).decode() for each in content]}
        case "M":
            return {"M": {key: _written(each) for key, each in content.items()}}
        case "L":
            return {"L": [_written(each) for each in content]}
        case _:
            return given
