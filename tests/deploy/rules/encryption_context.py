"""The condition key kms:EncryptionContext:NAME: the encryption context of a request to KMS.

"Condition keys for AWS KMS", docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html. ministack does not support
it, so a statement with it would allow nothing.
"""

from __future__ import annotations

import json
from typing import Any, Final

from ministack.core import iam_actions

_context: Final = iam_actions.request_tag_context


def install() -> None:
    """Pass the encryption context of each request to its check."""
    iam_actions.request_tag_context = _with_encryption_context


def _with_encryption_context(service: str, action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _context(service, action, body, params)
    if service != "kms":
        return found
    given = json.loads(body or b"{}").get("EncryptionContext", {})
    return found | {f"kms:EncryptionContext:{name}": value for name, value in given.items()}
