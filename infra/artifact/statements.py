"""The statements of a package: a bill of materials (CycloneDX 1.6) and its provenance (in-toto, SLSA 1.0).

Neither has a time or a random number in it, so that everybody who builds the same commit gets the same files.
`SOURCE_DATE_EPOCH` adds that time to the bill. Nothing is signed here: sign the files with the key of who builds.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from infra.artifact.materials import digest
from posthorn import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from infra.artifact.materials import Material, Source
    from infra.artifact.target import Target

BILL: Final = "bom.cdx.json"
PROVENANCE: Final = "provenance.intoto.json"
ZIP: Final = "deployment.zip"
_SUBJECTS: Final = (ZIP, "sam.json", "cloudformation.json", BILL)
_BUILD_TYPE: Final = "urn:posthorn:build:make-package:v1"
_BUILDER: Final = "urn:posthorn:builder:make-package"
_NAMESPACE: Final = UUID("a3c1de0f-6c0d-5a54-9a3e-0d4a4b1c2f10")
_SPDX: Final = frozenset({"Apache-2.0", "MIT", "MPL-2.0"})
"""Licence names in metadata without a licence expression."""


def bill(out: Path, made_of: Sequence[Material], source: Source | None) -> None:
    """Write the bill of materials of the zip in a folder."""
    sha256 = digest((out / ZIP).read_bytes())
    service = _service(sha256, source)
    parts = [_component(each) for each in made_of]
    _write(
        out / BILL,
        {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{uuid5(_NAMESPACE, sha256)}",
            "version": 1,
            "metadata": {**_time(), "component": service},
            "components": parts,
            "dependencies": [
                {"ref": service["bom-ref"], "dependsOn": [each["bom-ref"] for each in parts]},
                *({"ref": each["bom-ref"]} for each in parts),
            ],
        },
    )


def provenance(out: Path, made_of: Sequence[Material], source: Source | None, where: Target, stage: str) -> None:
    """Write the provenance of the files in a folder, as an in-toto statement with SLSA's predicate."""
    subjects = [{"name": name, "digest": {"sha256": digest((out / name).read_bytes())}} for name in _SUBJECTS]
    wheels = [{"uri": each.purl, "digest": {"sha256": each.sha256}} for each in made_of if each.sha256]
    others = [{"uri": each.purl} for each in made_of if not each.sha256]
    commit = [] if source is None else [{"uri": "git+file:.", "digest": {"gitCommit": source.commit}}]
    _write(
        out / PROVENANCE,
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subjects,
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {
                "buildDefinition": {
                    "buildType": _BUILD_TYPE,
                    "externalParameters": {"stage": stage, "architecture": where.architecture, "runtime": where.runtime},
                    "internalParameters": {"isSourceClean": None if source is None else source.is_clean},
                    "resolvedDependencies": [*commit, *wheels, *others],
                },
                "runDetails": {"builder": {"id": _BUILDER, "version": {"posthorn": __version__}}},
            },
        },
    )


def _service(sha256: str, source: Source | None) -> dict[str, Any]:
    commit = [] if source is None else [{"name": "posthorn:source:commit", "value": source.commit}]
    return {
        "type": "application",
        "bom-ref": f"posthorn@{__version__}",
        "name": "posthorn",
        "version": __version__,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        **({"properties": commit} if commit else {}),
    }


def _component(material: Material) -> dict[str, Any]:
    libraries = [
        {"type": "file", "bom-ref": f"{material.purl}#{name}", "name": name, "hashes": [_hash(sha256)]}
        for name, sha256 in material.libraries
    ]
    return {
        "type": "library",
        "bom-ref": material.purl,
        "name": material.name,
        "version": material.version,
        "purl": material.purl,
        "licenses": [_license(material)],
        **({"hashes": [_hash(material.sha256)]} if material.sha256 else {}),
        **({"components": libraries} if libraries else {}),
    }


def _license(material: Material) -> dict[str, Any]:
    if material.is_expression:
        return {"expression": material.license}
    return {"license": {"id" if material.license in _SPDX else "name": material.license}}


def _hash(sha256: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": sha256}


def _time() -> dict[str, str]:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return {} if epoch is None else {"timestamp": datetime.fromtimestamp(int(epoch), UTC).isoformat()}


def _write(to: Path, value: object) -> None:
    to.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
