"""Makes the deployment package: validate, `chalice package`, remove what is not needed, lint, and print what is in it.

    python -m infra.package [--stage STAGE] [--out FOLDER] [--here]

It builds from a clean copy of the tracked files, in a temporary folder, and leaves `deployment.zip`, `sam.json`,
`cloudformation.json`, which is what CloudFormation makes of that, `bom.cdx.json` (what is deployed) and
`provenance.intoto.json` (of what and how it was made).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.artifact import PackageError, archive, lint, materials, slim, statements, target, template, wheels
from infra.artifact.export import export

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.artifact.target import Target

PROJECT: Final = Path(__file__).parents[1]


def package(where: Target, stage: str, out: Path, *, project: Path = PROJECT, downloaded: Path | None = None) -> None:
    """Make the package and its statements. Raise `PackageError` if that is impossible.

    A folder of wheels saves their download.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        for name in export(project, Path(folder) / "export"):
            _say(f"{name} is left out: git does not track it.")
        found = template.packaged(Path(folder) / "export", tree, stage, where)
        found_wheels = downloaded or _downloaded(project, where, Path(folder) / "wheels")
        wheels.unpack(found_wheels, tree)
        materials.keep(found_wheels, tree)
        (out / "sam.json").write_text(json.dumps(found, indent=2), "utf-8")
        slim.slim(tree)
        wheels.verify(tree, where)
        _compile(tree, where)
        archive.write(tree, out / statements.ZIP)
        template.translate(out / "sam.json", out / "cloudformation.json")
        _state(out, found_wheels, project, where, stage)


def _downloaded(project: Path, where: Target, to: Path) -> Path:
    wheels.download(project / "requirements.txt", where, to)
    return to


def _state(out: Path, found_wheels: Path, project: Path, where: Target, stage: str) -> None:
    made_of, source = materials.materials(found_wheels), materials.source(project)
    statements.bill(out, made_of, source)
    statements.provenance(out, made_of, source, where, stage)


def _compile(tree: Path, where: Target) -> None:
    if interpreter := where.interpreter:
        archive.compile_modules(tree, interpreter)
    elif not archive.compile_by_node(tree, where.runtime):
        _say(f"There is no {where.runtime} here to compile the modules: each cold start will, which takes twice the time.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a package, and print the result."""
    given = _arguments(arguments)
    where = target.here() if given.here else target.in_lambda(PROJECT)
    try:
        package(where, given.stage, given.out)
        size = lint.check_size(given.out / "deployment.zip")
        templates = [given.out / "sam.json", given.out / "cloudformation.json"]
        lint.check_templates(*templates)
    except PackageError as error:
        _say(str(error))
        return 1
    _say(
        f"{given.out / 'deployment.zip'}: {where.runtime} on {where.architecture}, {size:,} bytes of {lint.ZIP_BYTES_MAX:,}."
    )
    _say(f"{templates[0]}: its template; {templates[1].name}: the same without the SAM transform.")
    _say(f"{given.out / statements.BILL}: what is deployed; {statements.PROVENANCE}: of what and how it was made.")
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.package", description="Make the deployment package.")
    parser.add_argument("--stage", default="dev", help="a stage of .chalice/config.json")
    parser.add_argument("--out", type=Path, default=Path("build/package"), help="the folder that it is written to")
    parser.add_argument("--here", action="store_true", help="for this machine (for the emulator), not for Lambda")
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - it is a program


if __name__ == "__main__":
    sys.exit(main())
