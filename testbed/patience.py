"""How long tests wait."""

from __future__ import annotations

from typing import Final

PATIENCE_S: Final = 600
"""For what must happen: nothing is measured by it, and a machine with much other work takes long."""
