"""The package as it ships: what is in it, what is not, and that it runs where there is nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import botocore.session
import pytest

from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from infra import package
from infra.artifact import PackageError, elf, lint, slim, target, wheels
from infra.artifact.export import export
from infra.artifact.target import Target

EMPTY = Path(__file__).with_name("empty_environment.py")
MAGIC = {(3, 12): 3531, (3, 13): 3571}
"""CPython's numbers of the format of compiled modules (Include/internal/pycore_magic_number.h)."""
SERVICES = frozenset({"dynamodb", "kms", "sqs"})
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "ap-southeast-5"]


def _downloaded(where: Target, to: Path) -> Path:
    try:
        wheels.download(package.PROJECT / "requirements.txt", where, to)
    except PackageError as error:
        if re.search("NewConnectionError|ConnectionError|NameResolutionError|timed out", str(error)):
            pytest.skip(f"the wheels cannot be downloaded: {error}")
        raise
    return to


@pytest.fixture(scope="session")
def downloaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels for this machine."""
    return _downloaded(target.here(), tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def built(downloaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for this machine."""
    out = tmp_path_factory.mktemp("package")
    package.package(target.here(), "dev", out, downloaded=downloaded)
    return out


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package for Lambda."""
    out = tmp_path_factory.mktemp("shipped")
    where = target.in_lambda(package.PROJECT)
    package.package(where, "dev", out, downloaded=_downloaded(where, tmp_path_factory.mktemp("wheels")))
    return out


@pytest.mark.enable_socket
def test_what_ships_is_compiled_for_lambdas_python_and_never_checked_against_its_sources(shipped: Path) -> None:
    where = target.in_lambda(package.PROJECT)
    if where.interpreter is None and not (package.PROJECT / "infra" / "artifact" / "compiler" / "node_modules").exists():
        pytest.skip("a Python of Lambda's version is not installed: make compiler-packages")
    with ZipFile(shipped / "deployment.zip") as archive:
        sources = {each for each in archive.namelist() if each.endswith(".py")}
        compiled = {each: archive.read(each)[:8] for each in archive.namelist() if each.endswith(".pyc")}
    tag = "cpython-{}{}".format(*where.python)
    assert {re.sub(rf"__pycache__/(\w+)\.{tag}\.pyc$", r"\1.py", each) for each in compiled} == sources
    assert {int.from_bytes(head[4:], "little") for head in compiled.values()} == {0b01}
    assert {int.from_bytes(head[:2], "little") for head in compiled.values()} == {MAGIC[where.python]}
    assert lint.check_size(shipped / "deployment.zip") > 10_000_000


@pytest.fixture(scope="session")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda has under /var/task."""
    tree = tmp_path_factory.mktemp("task")
    with ZipFile(built / "deployment.zip") as archive:
        archive.extractall(tree)
    return tree


@pytest.fixture(scope="session")
def names(built: Path) -> set[str]:
    with ZipFile(built / "deployment.zip") as archive:
        return set(archive.namelist())


@pytest.fixture(scope="session")
def handlers(built: Path) -> set[str]:
    resources = json.loads((built / "sam.json").read_text())["Resources"].values()
    return {each["Properties"]["Handler"] for each in resources if each["Type"] == "AWS::Serverless::Function"}


@pytest.fixture(scope="session")
def seen(unpacked: Path, handlers: set[str]) -> dict[str, Any]:
    """What a Python saw that has the package and the standard library only."""
    locations = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "http://127.0.0.1:9/nowhere")
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    command = [sys.executable, "-S", "-E", "-B", str(EMPTY), str(unpacked), json.dumps([sorted(handlers), REGIONS])]
    done = subprocess.run(command, env=locations | keys, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_handler_of_the_template_is_found_where_nothing_else_is_installed(
    seen: dict[str, Any], handlers: set[str]
) -> None:
    assert set(seen["handlers"]) == handlers
    assert len(handlers) > 1


def test_nothing_is_compiled_when_it_is_imported(seen: dict[str, Any]) -> None:
    assert seen["compiled"] == []


def test_every_module_comes_from_the_package_or_with_python(seen: dict[str, Any]) -> None:
    assert seen["strangers"] == []


def test_clients_sign_their_requests_with_what_is_left_of_botocore(seen: dict[str, Any]) -> None:
    scopes = {re.findall(r"Credential=key/\d+/us-east-1/(\w+)/aws4_request", each)[0] for each in seen["authorizations"]}
    assert scopes == SERVICES


@pytest.mark.parametrize("region", REGIONS)
def test_a_client_finds_the_address_that_all_of_botocore_would(seen: dict[str, Any], region: str) -> None:
    session = botocore.session.Session()
    for service in SERVICES:
        whole = session.create_client(service, region_name=region, aws_access_key_id="key", aws_secret_access_key="secret")
        assert seen["endpoints"][f"{service} {region}"] == whole.meta.endpoint_url


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_client_has_all_operations(seen: dict[str, Any], service: str) -> None:
    whole = botocore.session.Session().get_service_model(service)
    assert seen["operations"][service] == list(whole.operation_names)


def test_botocore_keeps_the_services_that_the_code_makes_clients_of(unpacked: Path) -> None:
    kept = {path.name for path in (unpacked / "botocore" / "data").iterdir() if path.is_dir()}
    assert kept == slim.services(package.PROJECT / "chalicelib") == SERVICES


def test_all_of_the_code_that_git_tracks_is_in_it(names: set[str], tmp_path: Path) -> None:
    export(package.PROJECT, tmp_path)
    code = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {name for name in code if not name.startswith(".")} <= names
    assert {"app.py", "chalicelib/web/openapi.json", "chalicelib/web/console.html"} <= code


@pytest.mark.parametrize(
    "folder", ["local", "tests", "console", "openapi", "posthorn", "infra", "benchmarks", "docs", ".chalice"]
)
def test_nothing_of_the_workshop_is_in_it(names: set[str], folder: str) -> None:
    assert not {name for name in names if name.startswith(f"{folder}/")}


def test_no_tests_and_no_types_of_dependencies_are_in_it(names: set[str]) -> None:
    assert not {name for name in names if re.search(r"\.pyi$|/tests?/|\.dist-info/", name)}


def test_it_is_the_same_to_the_byte_when_it_is_built_again_elsewhere(built: Path, downloaded: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    export(package.PROJECT, elsewhere)  # a copy that is no clone
    package.package(target.here(), "dev", tmp_path / "out", project=elsewhere, downloaded=downloaded)
    for name in ("deployment.zip", "sam.json"):
        assert (tmp_path / "out" / name).read_bytes() == (built / name).read_bytes()


def test_it_is_within_its_budget(built: Path) -> None:
    assert 0 < lint.check_size(built / "deployment.zip") <= lint.ZIP_BYTES_MAX


def test_what_is_deployed_has_binaries_of_lambdas_machine_alone(tmp_path: Path) -> None:
    where = target.in_lambda(package.PROJECT)
    wheels.unpack(_downloaded(where, tmp_path / "wheels"), tmp_path / "tree")
    binaries = [path.read_bytes() for path in (tmp_path / "tree").rglob("*.so*")]
    assert {elf.machine_of(binary) for binary in binaries} == {"aarch64"}
    assert max(elf.glibc_of(binary) for binary in binaries) <= where.glibc
    wheels.verify(tmp_path / "tree", where)
    with pytest.raises(PackageError, match="needs aarch64 with glibc"):
        wheels.verify(tmp_path / "tree", Target(where.architecture, (3, 11), (2, 26)))


def test_a_file_that_git_does_not_track_stays_behind_and_is_named(tmp_path: Path) -> None:
    clone, copy = tmp_path / "clone", tmp_path / "copy"
    (clone / "chalicelib").mkdir(parents=True)
    for name in ("app.py", "chalicelib/tracked.py"):
        (clone / name).write_text("")
    for command in (["init", "--quiet"], ["add", "."]):
        subprocess.run(["git", "-C", str(clone), *command], check=True)
    (clone / "chalicelib/notes.txt").write_text("")
    assert export(clone, copy) == ["chalicelib/notes.txt"]
    assert {path.name for path in copy.rglob("*") if path.is_file()} == {"app.py", "tracked.py"}


def test_what_running_leaves_stays_behind_outside_a_clone(tmp_path: Path) -> None:
    (tmp_path / "project/chalicelib/__pycache__").mkdir(parents=True)
    for name in ("app.py", "chalicelib/code.py", "chalicelib/.DS_Store", "chalicelib/__pycache__/code.cpython-311.pyc"):
        (tmp_path / "project" / name).write_text("")
    export(tmp_path / "project", tmp_path / "copy")
    assert {path.name for path in (tmp_path / "copy").rglob("*") if path.is_file()} == {"app.py", "code.py"}


def test_a_package_over_its_budget_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deployment.zip").write_bytes(bytes(lint.ZIP_BYTES_MAX + 1))
    with pytest.raises(PackageError, match="more than the limit"):
        lint.check_size(tmp_path / "deployment.zip")
