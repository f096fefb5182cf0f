"""botocore's serializer of requests, with one short cut: attribute values are written as they are given.

The reverse of `chalicelib.adapters.aws.parser`, for the same reason; the contract suites hold it against botocore's own.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from botocore.serialize import JSONSerializer

from chalicelib.adapters.aws import attribute_values


class QuickSerializer(JSONSerializer):
    """Items are maps of values: those alone are passed over."""

    def _serialize_type_map(self, serialized: Any, value: Any, shape: Any, key: Any) -> None:  # noqa: ANN401 - botocore has no types
        if shape.value.name == attribute_values.SHAPE:
            serialized[key] = {name: attribute_values.converted(each, _in_base64) for name, each in value.items()}
        else:
            super()._serialize_type_map(serialized, value, shape, key)  # type: ignore[misc] # not in the stubs


def _in_base64(content: bytes) -> str:
    return b64encode(content).decode()
