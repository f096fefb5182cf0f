"""The limits of CONTRIBUTING.md that a machine can check, and what exceeds one, each with a reason."""

from __future__ import annotations

import ast
import re
import subprocess
from typing import TYPE_CHECKING, Final

from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STATED: Final = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def _stated(pattern: str) -> int:
    found = re.search(pattern, _STATED)
    assert found is not None, f"CONTRIBUTING.md does not say {pattern!r}"
    return int(found[1])


FUNCTION_LINES_MAX: Final = _stated(r"(\d+) lines is the maximum of a function")
FILE_LINES_MAX: Final = _stated(r"(\d+) lines is the\s+maximum of a file")
TEST_FILE_LINES_MAX: Final = _stated(r"(\d+) of a file of tests")
FORBIDDEN_NAMES: Final = frozenset({"utils", "helpers", "common", "base", "managers"})
GENERATED: Final = frozenset({"posthorn/schemas.py", "console/src/api/schema.d.ts"})

_STORE: Final = "one store: its requests share keys, conditions and their translation"
_SCHEMA: Final = "JSON Schema: a short class or function for each keyword, or for each part of a pattern"
_USE_CASE: Final = "one use case: its steps read in order"
_SUPPORT: Final = "support of tests: a list of short functions, one for each case or operation"
LONG_FILES: Final = {
    "chalicelib/adapters/dynamodb/history.py": _STORE,
    "chalicelib/adapters/dynamodb/table.py": _STORE,
    "chalicelib/adapters/dynamodb/webhooks.py": _STORE,
    "chalicelib/adapters/egress/curl_sender.py": "the steps of a request (parse, resolve, vet, connect, read) share a loop",
    "chalicelib/adapters/egress/handle.py": "all options of one libcurl handle",
    "chalicelib/api/wire/webhooks.py": "the models of one noun, with the sentences of its API description",
    "chalicelib/composition/adapters.py": "the adapter of each port, with the module that it is loaded from",
    "chalicelib/directory/service.py": _USE_CASE,
    "chalicelib/domain/errors.py": "the whole tree of errors is in one place, by rule 9 of CONTRIBUTING.md",
    "chalicelib/domain/notifications/json_schema/applicators.py": _SCHEMA,
    "chalicelib/domain/notifications/json_schema/assertions.py": _SCHEMA,
    "chalicelib/domain/notifications/json_schema/compiler.py": _SCHEMA,
    "chalicelib/domain/notifications/json_schema/patterns.py": _SCHEMA,
    "chalicelib/domain/notifications/notification.py": "one notification, and how its text is read",
    "chalicelib/domain/webhooks/addresses.py": "the table of address blocks with their sources, and the check of an address",
    "chalicelib/domain/webhooks/owner_fields.py": "each field of a webhook is declared here, once",
    "chalicelib/domain/webhooks/urls.py": "one parser of URLs",
    "chalicelib/history/recoverer.py": _USE_CASE,
    "chalicelib/settings.py": "each setting is declared here, once, with its sentence",
    "chalicelib/webhooks/edits.py": _USE_CASE,
    "chalicelib/webhooks/service.py": _USE_CASE,
    "openapi/prose.py": "the sentences of the API description",
    "posthorn/cli/webhook_settings.py": "the settings of a webhook are one table, with their help",
    "tests/api/worst_calls.py": _SUPPORT,
    "tests/contracts/engines.py": _SUPPORT,
    "tests/contracts/writes.py": _SUPPORT,
    "tests/infra/walk.py": _SUPPORT,
    "tests/mutants/trial.py": "one program: a mutant from its copy to its result",
    "tests/simulation/broken_promises.py": _SUPPORT,
    "tests/simulation/oracle/facts.py": _SUPPORT,
    "tests/simulation/people.py": _SUPPORT,
}
"""Path → why the file is longer than the limit."""
LONG_FUNCTIONS: Final = {
    "posthorn/cli/listen.py::listen": "a command's options are its parameters, each with its help",
    "tests/browser/test_form.py::test_every_field_is_entered_sent_and_shown": "all fields of the form are one list",
}
"""Path and name → why the function is longer than the limit."""


def sources() -> list[Path]:
    """The hand-written files of Python and TypeScript."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py", "console/src/*.ts", "console/src/*.tsx"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if name not in GENERATED and (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    """The path in the repository."""
    return path.relative_to(ROOT).as_posix()


def lines_max(path: Path) -> int:
    """The limit of a file."""
    return TEST_FILE_LINES_MAX if re.search(r"^test_.*\.py$|\.test\.tsx?$", path.name) else FILE_LINES_MAX


def long_files(paths: list[Path]) -> dict[str, int]:
    """The files that exceed their limit, with their lines."""
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in paths}
    return {name_of(path): count for path, count in lines.items() if count > lines_max(path)}


def long_functions(paths: list[Path]) -> dict[str, int]:
    """The functions that exceed the limit, with their lines."""
    found = ((path, each) for path in paths if path.suffix == ".py" for each in _functions(path.read_text("utf-8")))
    return {f"{name_of(path)}::{name}": lines for path, (name, lines) in found if lines > FUNCTION_LINES_MAX}


def _functions(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            yield node.name, node.end_lineno - node.lineno + 1
