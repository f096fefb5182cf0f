"""botocore's parser of answers, with one short cut: attribute values are taken as they come.

botocore walks each value through its model, member by member: half the CPU of a BatchGetItem. A value has one member, and of
its kinds JSON lacks bytes alone. The contract suites run every answer through this, and hold it against botocore's own.
"""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Final

from botocore.parsers import JSONParser, ResponseParserFactory

_VALUE: Final = "AttributeValue"
"""What botocore's model of DynamoDB calls a value; SQS has no shape of that name."""


class QuickParsers(ResponseParserFactory):
    """Makes botocore's parsers, and the quick one for JSON."""

    def create_parser(self, protocol_name: str) -> Any:  # noqa: ANN401 - botocore has no types
        """The parser of a protocol."""
        return _QuickParser() if protocol_name == "json" else super().create_parser(protocol_name)


class _QuickParser(JSONParser):
    """Items are maps of values, and lists of such maps: those alone are passed over."""

    def _handle_map(self, shape: Any, value: Any) -> Any:  # noqa: ANN401 - botocore has no types
        if shape.value.name == _VALUE:
            return {key: _value(each) for key, each in value.items()}
        return super()._handle_map(shape, value)  # type: ignore[misc] # the stubs leave out what has an underscore


def _value(given: dict[str, Any]) -> dict[str, Any]:
    """One value, with its bytes as bytes."""
    ((kind, content),) = given.items()
    match kind:
        case "B":
            return {"B": b64decode(content)}
        case "BS":
            return {"BS": [b64decode(each) for each in content]}
        case "M":
            return {"M": {key: _value(each) for key, each in content.items()}}
        case "L":
            return {"L": [_value(each) for each in content]}
        case _:
            return given
