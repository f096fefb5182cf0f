"""What speaks to a Posthorn service from outside: a typed client, a command line, and a check of signatures."""

from typing import Final

__version__: Final = "0.1.0"
"""The one place that names it; `pyproject.toml` reads it from here."""
