"""The list of breakages speaks of the code and of the tests as they are, and the committed results of a whole run."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import generated, listed, nearest, report
from tests.mutants.coverage_map import MAP
from tests.mutants.mutant import Mutant, Outcome, Result, Source

ROOT = Path(__file__).parents[2]
NAMED = "tests/domain/test_one.py"
REST = "tests/domain/test_one.py::test_it"


def _entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(listed.LIST.read_text())["mutant"]
    return found


def _mutant(name: str = "one", text: str = "a = 2\n") -> Mutant:
    return Mutant(
        name=name, says="It says.", source=Source.GENERATED, path="chalicelib/domain/one.py", text=text, lines=(1, 1)
    )


def test_each_breakage_is_of_text_that_is_there_exactly_once() -> None:
    assert len(listed.read(ROOT)) >= 150


def test_a_breakage_of_text_that_is_gone_is_out_of_date(tmp_path: Path) -> None:
    first = _entries()[0]
    (tmp_path / first["file"]).parent.mkdir(parents=True)
    (tmp_path / first["file"]).write_text("nothing")
    with pytest.raises(listed.OutOfDate, match=first["name"]):
        listed.read(tmp_path)


def test_the_broken_files_can_be_read() -> None:
    for each in listed.read(ROOT):
        if each.path.endswith(".py"):
            ast.parse(each.text)
        else:
            json.loads(each.text)


def test_each_breakage_has_a_name_of_its_own_and_tests_that_are_there() -> None:
    entries = _entries()
    assert len({each["name"] for each in entries}) == len(entries)
    missing = [test for each in entries for test in each["tests"] if not (ROOT / test.partition("::")[0]).is_file()]
    assert missing == []
    assert [each["name"] for each in entries if not each["tests"]] == []


def test_the_committed_results_are_of_a_whole_run_in_which_nearly_all_was_noticed() -> None:
    kept = json.loads(report.RESULTS.read_text())
    assert kept["mutants"] >= 300
    assert kept["noticed"] / kept["mutants"] >= 0.95
    assert kept["mutants"] - kept["noticed"] == len(kept["survivors"])
    assert [each for each in kept["survivors"] if not each["reason"]] == []


def test_each_breakage_of_the_list_was_noticed_in_it() -> None:
    kept = json.loads(report.RESULTS.read_text())
    assert kept["listed"].keys() == {each.name for each in listed.read(ROOT)}
    assert [name for name, by in kept["listed"].items() if by in _UNNOTICED] == []


_UNNOTICED = {Outcome.SURVIVED.value, Outcome.UNTESTED.value}


@pytest.fixture
def mapped(tmp_path: Path) -> nearest.Nearest:
    """A module of which two tests run the first statement, and one the second."""
    module = tmp_path / "chalicelib/domain/one.py"
    module.parent.mkdir(parents=True)
    module.write_text("def one(a):\n    b = (\n        a\n    )\n    return b\n")
    for each in ("api/test_far.py", "domain/test_one.py", "domain/test_two.py"):
        file = tmp_path / "tests" / each
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"def {file.stem}(): ...\ndef test_it(): ...\n")
    tests = [["tests/api/test_far.py::test_far", 0.1], [REST, 0.3], ["tests/domain/test_two.py::test_two", 0.2]]
    lines = {"chalicelib/domain/one.py": {"2": [0], "3": [1], "5": [2]}}
    (tmp_path / MAP).parent.mkdir(parents=True)
    (tmp_path / MAP).write_text(json.dumps({"tests": tests, "lines": lines}))
    return nearest.Nearest(tmp_path)


def test_the_tests_of_a_mutant_run_its_statement_and_the_nearest_come_first(mapped: nearest.Nearest) -> None:
    assert mapped.rounds(_mutant_at(3)) == [[REST, "tests/api/test_far.py::test_far"], [NAMED]]


def test_a_test_that_was_renamed_since_is_not_asked_for(mapped: nearest.Nearest, tmp_path: Path) -> None:
    (tmp_path / "tests/api/test_far.py").write_text("def test_farther(): ...\n")
    assert mapped.rounds(_mutant_at(3)) == [[REST], [NAMED]]


def test_of_what_runs_at_import_all_tests_that_run_anything_of_the_file_are_its_tests(mapped: nearest.Nearest) -> None:
    assert mapped.rounds(_mutant_at(1)) == [
        [REST, "tests/domain/test_two.py::test_two", "tests/api/test_far.py::test_far"],
        [NAMED],
    ]


def _mutant_at(line: int) -> Mutant:
    return Mutant(name="one", says="", source=Source.GENERATED, path="chalicelib/domain/one.py", text="", lines=(line, line))


@pytest.mark.parametrize(
    ("original", "broken"),
    [
        ("def one(a: int | None): ...", "def one(a: int + None): ..."),
        ("@dataclass(frozen=True)\nclass One: ...", "@dataclass(frozen=False)\nclass One: ..."),
        ("log.info('one', 1)", "log.info('one', 2)"),
        ("COUNT_MAX: Final = 20", "COUNT_MAX: Final = 21"),
        ("BYTES_MAX: Final = 28 * 1_000", "BYTES_MAX: Final = 28 * 999"),
        ("if TYPE_CHECKING:\n    import one", "if not TYPE_CHECKING:\n    import one"),
    ],
)
def test_what_no_test_is_to_notice_means_the_same(original: str, broken: str) -> None:
    assert generated._meaning(original) == generated._meaning(broken)


@pytest.mark.parametrize(
    ("original", "broken"),
    [
        ("def one(a=1): ...", "def one(a=2): ..."),
        ("a: int = 1", "a: int = 2"),
        ("IS_ON: Final = True", "IS_ON: Final = False"),
    ],
)
def test_what_a_test_is_to_notice_means_something_else(original: str, broken: str) -> None:
    assert generated._meaning(original) != generated._meaning(broken)


def test_what_was_noticed_before_need_not_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "OUTCOMES", tmp_path / "mutants" / "outcomes.jsonl")
    before = report.Outcomes(is_resumed=False)
    before.add(Result(_mutant("one"), Outcome.NOTICED, REST, 1, 0.5))
    before.add(Result(_mutant("two"), Outcome.SURVIVED, "", 1, 0.5))
    again = report.Outcomes(is_resumed=True)
    assert again.known(_mutant("one")) == Result(_mutant("one"), Outcome.NOTICED, REST, 1, 0.5)
    assert (again.known(_mutant("two")), again.known(_mutant("one", "a = 3\n"))) == (None, None)
