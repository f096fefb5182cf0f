"""Print the CPU of cold starts. `benchmarks.api.imports` explains how it is measured."""

from __future__ import annotations

from benchmarks.api import imports

if __name__ == "__main__":
    imports.main()
