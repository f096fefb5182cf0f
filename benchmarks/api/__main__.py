"""Print the CPU that cold starts take: `benchmarks.api.imports` says how."""

from __future__ import annotations

from benchmarks.api import imports

if __name__ == "__main__":
    imports.main()
