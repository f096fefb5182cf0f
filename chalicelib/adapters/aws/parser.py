"""botocore's parser of answers, with one short cut: attribute values are taken as they come.

botocore walks each value through its model, member by member: half the CPU of a BatchGetItem. A value has one member, and of
its kinds JSON lacks bytes alone. The contract suites run every answer through this, and hold it against botocore's own.
"""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory

from chalicelib.adapters.aws import attribute_values


class QuickParsers(ResponseParserFactory):
    """Makes botocore's parsers, and the quick one for JSON."""

    def create_parser(self, protocol_name: str) -> Any:  # noqa: ANN401 - botocore has no types
        """The parser of a protocol."""
        return _QuickParser() if protocol_name == "json" else super().create_parser(protocol_name)


class _QuickParser(JSONParser):
    """Items are maps of values, and lists of such maps: those alone are passed over."""

    def _handle_map(self, shape: Any, value: Any) -> Any:  # noqa: ANN401 - botocore has no types
        if shape.value.name == attribute_values.SHAPE:
            return {key: attribute_values.converted(each, b64decode) for key, each in value.items()}
        return super()._handle_map(shape, value)  # type: ignore[misc] # the stubs leave out what has an underscore
