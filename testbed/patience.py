"""How long tests wait."""

from __future__ import annotations

from typing import Final

PATIENCE_S: Final = 600
"""For events that must happen. It is long because a busy machine is slow; nothing is measured by it."""
