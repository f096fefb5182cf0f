"""What is said of a package beside it, and that its compiled modules are what its sources compile to."""

from __future__ import annotations

import _imp
import importlib.util
import json
import marshal
import re
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import cyclonedx.schema
import jsonschema
import pytest
from referencing import Registry, Resource

from infra import package
from infra.artifact import archive, materials, statements, target
from tests.infra.test_artifact import MAGIC, built, downloaded, shipped  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.enable_socket]

SCHEMAS = Path(cyclonedx.schema.__file__).with_name("_res")
HEADER = 16
"""Bytes before the code of a compiled module: magic number, flags, hash of the source (PEP 552)."""


def _read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    return found


def _components(folder: Path) -> dict[str, dict[str, Any]]:
    return {each["name"].lower(): each for each in _read(folder, statements.BILL)["components"]}


# ── The bill of materials ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bill_of_materials_is_cyclonedx_1_6(built: Path) -> None:  # noqa: F811
    read = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.SNAPSHOT.schema.json")}
    own = read["bom-1.6.SNAPSHOT.schema.json"]
    named = {
        own["$id"].rpartition("/")[0] + f"/{name}": each for name, each in read.items()
    }  # they refer to files beside them
    registry = Registry().with_resources((uri, Resource.from_contents(each)) for uri, each in named.items())
    jsonschema.Draft7Validator(own, registry=registry).validate(_read(built, statements.BILL))


def test_the_bill_has_each_locked_wheel_with_a_hash_of_the_lock(built: Path) -> None:  # noqa: F811
    lock = materials.locked(package.PROJECT / "requirements.txt")
    found = _components(built)
    named = {re.sub(r"[-_.]+", "-", name): each for name, each in found.items()}
    assert named.keys() == {re.sub(r"[-_.]+", "-", name) for name in lock} | {"chalice"}
    for name, (version, hashes) in lock.items():
        component = named[re.sub(r"[-_.]+", "-", name)]
        assert component["version"] == version
        assert component["hashes"][0]["content"] in hashes, name


def test_the_bill_names_the_zip_and_what_binaries_bring_along(built: Path) -> None:  # noqa: F811
    service = _read(built, statements.BILL)["metadata"]["component"]
    assert service["hashes"][0]["content"] == materials.digest((built / "deployment.zip").read_bytes())
    assert any("libcurl" in each["name"] for each in _components(built)["pycurl"]["components"])


def test_no_licence_is_unknown(built: Path) -> None:  # noqa: F811
    for name, each in _components(built).items():
        [license_] = each["licenses"]
        assert "unknown" not in json.dumps(license_), name


def test_the_licence_of_everything_that_ships_is_in_the_package(built: Path) -> None:  # noqa: F811
    with ZipFile(built / "deployment.zip") as zipped:
        names = {each for each in zipped.namelist() if each.startswith("licenses/")}
    for each in _components(built).values():
        folder = re.compile(
            rf"licenses/{re.sub(r'[-_.]', '[-_.]', each['name'])}-{re.escape(each['version'])}/", re.IGNORECASE
        )
        own = {folder.sub("", name) for name in names if folder.match(name)}
        assert "METADATA" in own, each["name"]
        assert own - {"METADATA"}, each["name"]


# ── Provenance ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_provenance_is_a_statement_of_slsa_about_the_files_beside_it(built: Path) -> None:  # noqa: F811
    found = _read(built, statements.PROVENANCE)
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://slsa.dev/provenance/v1"
    digests = {each["name"]: each["digest"]["sha256"] for each in found["subject"]}
    assert digests == {
        name: materials.digest((built / name).read_bytes())
        for name in ("deployment.zip", "sam.json", "cloudformation.json", "bom.cdx.json")
    }
    definition = found["predicate"]["buildDefinition"]
    assert definition["externalParameters"].keys() == {"stage", "architecture", "runtime"}
    assert re.fullmatch(r"urn:[a-z0-9]+:\S+", definition["buildType"])
    assert re.fullmatch(r"urn:[a-z0-9]+:\S+", found["predicate"]["runDetails"]["builder"]["id"])


def test_the_provenance_names_the_commit_and_each_wheel(built: Path) -> None:  # noqa: F811
    found = _read(built, statements.PROVENANCE)["predicate"]["buildDefinition"]
    source = materials.source(package.PROJECT)
    if source is not None:
        assert found["resolvedDependencies"][0]["digest"] == {"gitCommit": source.commit}
    wheels = {each["uri"] for each in found["resolvedDependencies"] if "sha256" in each.get("digest", {})}
    assert wheels == {each["purl"] for each in _components(built).values() if each["name"] != "chalice"}


def test_a_time_is_in_the_bill_only_if_it_is_given(
    built: Path,  # noqa: F811
    downloaded: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "deployment.zip").write_bytes((built / "deployment.zip").read_bytes())
    made_of, source = materials.materials(downloaded), materials.source(package.PROJECT)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    statements.bill(tmp_path, made_of, source)
    assert (tmp_path / statements.BILL).read_bytes() == (built / statements.BILL).read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764547200")
    statements.bill(tmp_path, made_of, source)
    assert _read(tmp_path, statements.BILL)["metadata"]["timestamp"] == "2025-12-01T00:00:00+00:00"


# ── Compiled modules ───────────────────────────────────────────────────────────────────────────────────────────────────


def _compiled(zip_: Path) -> Iterator[tuple[str, bytes, bytes]]:
    """The name of each module of a package, its source and what it was compiled to."""
    with ZipFile(zip_) as zipped:
        for name in zipped.namelist():
            if name.endswith(".pyc"):
                source = re.sub(r"__pycache__/(\w+)\.cpython-\d+\.pyc$", r"\1.py", name)
                yield source, zipped.read(source), zipped.read(name)


def _named(code: CodeType) -> set[str]:
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return {code.co_filename}.union(*(_named(each) for each in inner))


def test_each_compiled_module_is_what_its_source_compiles_to(built: Path) -> None:  # noqa: F811
    compiled = 0
    for name, source, module in _compiled(built / "deployment.zip"):
        code = marshal.loads(module[HEADER:])  # noqa: S302 - we have just made it
        assert module[8:HEADER] == importlib.util.source_hash(source), name
        assert code == compile(source, f"/var/task/{name}", "exec", dont_inherit=True), name
        assert _named(code) == {f"/var/task/{name}"}
        compiled += 1
    assert compiled > 400


def test_what_ships_is_compiled_from_the_sources_that_ship(shipped: Path, tmp_path: Path) -> None:  # noqa: F811
    where = target.in_lambda(package.PROJECT)
    found = {name: (source, module) for name, source, module in _compiled(shipped / "deployment.zip")}
    if not found:
        pytest.skip("a Python of Lambda's version is not installed: make compiler-packages")
    magic = MAGIC[where.python] | int.from_bytes(b"\r\n", "little") << 16
    for name, (source, module) in found.items():
        assert module[8:HEADER] == _imp.source_hash(magic, source), name
        to = tmp_path / name
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(source)
    if where.interpreter:
        archive.compile_modules(tmp_path, where.interpreter)
    else:
        archive.compile_by_node(tmp_path, where.runtime)
    tag = "cpython-{}{}".format(*where.python)
    for name, (_, module) in found.items():
        path = tmp_path / name
        assert (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").read_bytes() == module, name
