"""`chalice package`, after Chalice's own validation, which only `chalice deploy` would run.

Both run in a process of their own, since they import the application from the copy that is packaged.

The dependencies are not Chalice's here: it would download those for Lambda by name and version, without their hashes.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZipFile

from infra import declaration
from infra.artifact.process import run

if TYPE_CHECKING:
    from infra.artifact.target import Target

REGION: Final = {"AWS_DEFAULT_REGION": "us-east-1"}
"""Chalice needs a region, and does not use it: the template gets its region from CloudFormation."""

_ENGINE: Final = Path(__file__).parents[2] / ".venv-engine" / "bin" / "python"
_TRANSLATION: Final = Path(__file__).with_name("translation.py")

Template = dict[str, Any]


def packaged(export: Path, tree: Path, stage: str, target: Target) -> Template:
    """The template for the exported code, which is added to the tree with Chalice's runtime."""
    (export / "requirements.txt").write_text("", "utf-8")
    (export / "merge.json").write_text(json.dumps(declaration.declaration()), "utf-8")
    run([sys.executable, "-B", "-m", "infra.artifact.template", str(export), stage], REGION | os.environ)
    with ZipFile(export / "out" / "deployment.zip") as code:
        code.extractall(tree)
    return _for_target(json.loads((export / "out" / "sam.json").read_text("utf-8")), target)


def _for_target(template: Template, target: Target) -> Template:
    """The same, with the target's architecture and Python: Chalice always uses the Python that runs it."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"] |= {"Runtime": target.runtime, "Architectures": [target.architecture]}
    return template


def translate(sam: Path, to: Path) -> None:
    """Write the CloudFormation template that SAM makes of this one, with parameters for where the code is.

    Its translator wants another pydantic than the service, and so lives in the engine's virtual environment.
    """
    to.write_text(run([str(_ENGINE), str(_TRANSLATION), str(sam)], REGION | os.environ), "utf-8")


def main(export: str, stage: str) -> None:
    """Validate the exported project with Chalice, and package it."""
    from chalice.cli.factory import CLIFactory  # noqa: PLC0415 - only the process of its own needs Chalice
    from chalice.deploy.validate import validate_configuration  # noqa: PLC0415

    os.chdir(export)
    factory = CLIFactory(export, environ=os.environ)
    config = factory.create_config_obj(stage)
    validate_configuration(config)
    options = factory.create_package_options()
    packager = factory.create_app_packager(config, options, "cloudformation", "json", str(Path(export) / "merge.json"))
    packager.package_app(config, str(Path(export) / "out"), stage)


if __name__ == "__main__":
    main(*sys.argv[1:])
