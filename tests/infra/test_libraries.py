"""A binary of the package loads nothing that Lambda has not."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pycurl
import pytest

from infra.artifact import PackageError, elf, target, wheels

SITE = Path(pycurl.__file__).parent.parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """PycURL as its wheel has it: a module, and the libraries that it brings along."""
    for name in ("pycurl", "pycurl.libs"):
        if not (SITE / name).is_dir():
            pytest.skip("PycURL is not installed from a wheel here")
        shutil.copytree(SITE / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _library(tree: Path, name: str) -> Path:
    [found] = tree.rglob(f"{name}*.so*")
    return found


def test_what_brings_its_libraries_along_is_taken(tree: Path) -> None:
    wheels.verify(tree, target.here())


def test_a_library_that_nobody_brings_along_is_refused_by_name(tree: Path) -> None:
    gone = _library(tree, "libpsl-")
    gone.unlink()
    with pytest.raises(PackageError, match=rf"libcurl-\S+ loads {re.escape(gone.name)}, which is neither in Lambda"):
        wheels.verify(tree, target.here())


def test_a_library_that_lambdas_image_lacks_is_refused(tree: Path) -> None:
    """What manylinux lets a wheel count on: libexpat is on that list (PEP 600), and a function does not find it."""
    binary = _library(tree, "libcurl-")
    content = binary.read_bytes()
    assert content.count(b"\0libz.so.1\0") == 1
    binary.write_bytes(content.replace(b"\0libz.so.1\0", b"\0libe.so.1\0"))
    with pytest.raises(PackageError, match=r"loads libe\.so\.1"):
        wheels.verify(tree, target.here())


def test_the_libraries_are_those_that_the_linkers_own_tool_reads(tree: Path) -> None:
    if shutil.which("readelf") is None:
        pytest.skip("readelf is not installed")
    for binary in tree.rglob("*.so*"):
        said = subprocess.run(["readelf", "--dynamic", str(binary)], capture_output=True, text=True, check=True).stdout
        assert elf.needed_by(binary.read_bytes()) == re.findall(r"\(NEEDED\).*\[(.+)\]", said), binary.name
