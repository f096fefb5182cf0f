"""Rules of AWS that ministack does not have, one in each file. They run inside ministack and use its internals."""

from __future__ import annotations

from tests.deploy.rules import encryption_context, kills, leading_keys, lineage, metrics, pollers, sizes


def install() -> None:
    """Enable all rules."""
    for rule in (lineage, sizes, kills, pollers, leading_keys, encryption_context, metrics):
        rule.install()
