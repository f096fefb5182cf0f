"""How long tests wait."""

from __future__ import annotations

from typing import Final

PATIENCE_S: Final = 600
"""For events that must happen. It measures nothing, and a busy machine takes long."""
