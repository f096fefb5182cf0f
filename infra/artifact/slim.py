"""Removes from the unpacked dependencies what no function uses."""

from __future__ import annotations

import ast
import gzip
import json
import re
import shutil
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DROPPED: Final = (
    "*.dist-info",  # nothing asks for its version or its entry points; `materials.keep` has its licence
    "*/tests",
    "*/benchmarks",
    "**/*.pyi",
    "**/py.typed",
    "**/*.c",
    "**/*.h",
    "cffi",  # PyNaCl's binding was built with cffi, and runs on _cffi_backend alone
    "pycparser",
    "curl",  # PycURL's older interface, written in Python
    "pydantic/v1",  # models of the former major version; pydantic looks for them where it does not know a type
    "pydantic/mypy.py",
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
)
_KEPT_FILES: Final = ("service-2", "endpoint-rule-set-1", "paginators-1", "waiters-2")
"""The files that botocore reads for a service. Its examples are only documentation."""
_DOCUMENTATION: Final = frozenset({"documentation", "documentationUrl"})

_CLIENT: Final = "client"


def slim(tree: Path) -> None:
    """Remove what is not used."""
    for pattern in _DROPPED:
        for path in sorted(tree.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _slim_botocore(tree / "botocore" / "data", services(tree / "chalicelib"))


def services(code: Path) -> frozenset[str]:
    """The AWS services for which the code creates clients: all calls of `client("…")`."""
    return frozenset(name for path in code.rglob("*.py") for name in _clients(ast.parse(path.read_bytes())))


def _clients(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(service))]) if (
                name == _CLIENT
            ):
                yield service


def _slim_botocore(data: Path, kept: frozenset[str]) -> None:
    """Keep only the used services, in the used version.

    Looking through the folders of 400 services costs a cold start 25 ms, the endpoints of all of them 15.
    """
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        if folder.name not in kept:
            shutil.rmtree(folder)
            continue
        *old, newest = sorted(folder.iterdir())
        for version in old:
            shutil.rmtree(version)
        for path in sorted(newest.iterdir()):
            _slim_model(path)
    _slim_endpoints(data / "endpoints.json", kept)


def _slim_model(path: Path) -> None:
    """Uncompress a model, since the zip compresses it too, and remove its documentation."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    path.unlink()
    name = re.sub(r"\.json(\.gz)?$", "", path.name)
    if name in _KEPT_FILES:
        path.with_name(f"{name}.json").write_text(_compact(_without_documentation(json.loads(content))), "utf-8")


def _without_documentation(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value without documentation texts. A member with that name is an object, and is kept."""
    if isinstance(value, list):
        return [_without_documentation(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_documentation(each)
        for key, each in value.items()
        if key not in _DOCUMENTATION or not isinstance(each, str)
    }


def _slim_endpoints(path: Path, kept: frozenset[str]) -> None:
    endpoints = json.loads(path.read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: each for name, each in partition["services"].items() if name in kept}
    path.write_text(_compact(endpoints), "utf-8")


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
