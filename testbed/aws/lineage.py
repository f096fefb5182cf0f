"""The trace header by which Lambda counts how often a function ran in one chain of requests.

botocore sends the invocation's header with each request (`botocore.handlers.add_recursion_detection_header`, which quotes
the separator `|`). SQS keeps it with every message of a SendMessage or SendMessageBatch ("Amazon SQS and AWS X-Ray",
docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html), and Lambda passes it to the next invocation. Its form is
the X-Ray developer guide's, "Tracing header": `Root=1-…;Sampled=1;Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2`.

AWS does not document what happens to a batch whose messages come from several chains. The strict reading is used here: for
each function, the longest chain counts.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from testbed.aws.limits import INVOCATIONS_IN_CHAIN_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Lineage:
    """One chain of requests: the number of invocations of each function."""

    root: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def new(cls) -> Self:
        """A new chain."""
        return cls(f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}")

    @classmethod
    def of(cls, headers: Iterable[str]) -> Self:
        """The chain that a batch continues; a new one if no message has a header."""
        parsed = [_parsed(header) for header in headers if header]
        if not parsed:
            return cls.new()
        counts: dict[str, int] = {}
        for _, each in parsed:
            for function, count in each.items():
                counts[function] = max(count, counts.get(function, 0))
        return cls(parsed[0][0], counts)

    def invoked(self, function: str) -> Self:
        """The chain with one more invocation of a function."""
        return type(self)(self.root, {**self.counts, _short(function): self.count(function) + 1})

    def count(self, function: str) -> int:
        """The number of invocations of a function in this chain."""
        return self.counts.get(_short(function), 0)

    def is_loop(self, function: str) -> bool:
        """Whether Lambda refuses the latest invocation of the function, unless the function allows recursion."""
        return self.count(function) > INVOCATIONS_IN_CHAIN_MAX

    @property
    def header(self) -> str:
        """The header of a request."""
        lineage = "|".join(f"{function}:{count}" for function, count in self.counts.items())
        return f"Root={self.root};Sampled=0" + (f";Lineage={lineage}" if lineage else "")


def _parsed(header: str) -> tuple[str, dict[str, int]]:
    fields = dict(part.split("=", 1) for part in unquote(header).split(";") if "=" in part)
    pairs = (each.split(":") for each in fields.get("Lineage", "").split("|") if each)
    return fields.get("Root", ""), {function: int(count) for function, count in pairs}


def _short(function: str) -> str:
    return hashlib.sha256(function.encode()).hexdigest()[:8]
