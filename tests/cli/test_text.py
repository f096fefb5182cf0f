"""Text from outside is escaped, JSON is indented, tables fit, and times are parsed."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthorn.cli import display, escaping, output, times
from posthorn.cli.json_format import formatted
from posthorn.cli.webhook_settings import SETTINGS

if TYPE_CHECKING:
    from posthorn.schemas import Record

HOSTILE = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202egnp.exe \r\nnext [bold]markup[/bold] :smile: \x00"


@given(st.text())
def test_a_line_is_printable(text: str) -> None:
    assert escaping.line(text).isprintable()


@given(st.text(st.characters(codec="utf-8")))
def test_several_lines_are_printable_except_for_line_breaks(text: str) -> None:
    assert escaping.lines(text).replace("\n", "").isprintable()


@given(st.text())
def test_a_json_line_is_ascii_and_has_the_same_value(text: str) -> None:
    line = escaping.json_line({"text": text})
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == {"text": text}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain «ü» 🗑", "plain «ü» 🗑"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb", "a\\nb"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
    ],
)
def test_unprintable_characters_are_escaped(text: str, shown: str) -> None:
    assert escaping.line(text) == shown


def test_json_is_indented_and_other_text_is_unchanged() -> None:
    assert escaping.document('{"a":"\\u001b[31m"}') == '{\n  "a": "\\u001b[31m"\n}'
    assert escaping.document("no json\x07") == "no json\\x07"


AS_WRITTEN: Final = '{"a": 1.10, "a": -0, "b": [1E400, 0.10000000000000000001, "\\u00fc\\/"], "c": {}, "d": []}'


def test_json_is_indented_with_its_values_unchanged() -> None:
    assert (
        escaping.document(AS_WRITTEN)
        == """\
{
  "a": 1.10,
  "a": -0,
  "b": [
    1E400,
    0.10000000000000000001,
    "\\u00fc\\/"
  ],
  "c": {},
  "d": []
}"""
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_indented_as_python_does(value: object) -> None:
    assert formatted(json.dumps(value)) == json.dumps(value, indent=2)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "{'a': 1}", "1 2", ""])
def test_invalid_json_is_not_indented(text: str) -> None:
    assert escaping.document(text) == text


def test_a_number_of_ten_thousand_digits_is_shown() -> None:
    assert escaping.document(f"[{'9' * 10_000}]") == f"[\n  {'9' * 10_000}\n]"


@pytest.mark.parametrize(("seconds", "shown"), [(3.0, "3 s"), (0.25, "0.25 s"), (1_234_567.5, "1234567.5 s")])
def test_a_setting_is_shown_with_all_its_digits(seconds: float, shown: str) -> None:
    (timeout,) = (each for each in SETTINGS if each.member == "timeoutSeconds")
    assert timeout.display(seconds) == shown


def test_a_deeply_nested_body_is_shown() -> None:
    assert escaping.document("[" * 100_000).startswith("[[")


def record() -> Record:
    created: Any = dict.fromkeys(("failureCause", "httpStatusCode", "retryOf", "nextAttemptAt"))
    at = "2026-03-01T10:00:00.000Z"
    created |= {"id": "rec_1", "outcome": "failed", "attemptNumber": 1, "durationMs": 1, "createdAt": at, "startedAt": at}
    created |= {
        "isExpunged": False,
        "trigger": "test",
        "webhookId": "wh_1",
        "deliveryId": "msg_1",
        "notificationId": HOSTILE,
    }
    created |= {"message": HOSTILE, "notificationType": HOSTILE}
    created["request"] = {"method": "POST", "url": HOSTILE, "headers": {HOSTILE: HOSTILE}, "body": HOSTILE}
    created["response"] = {"status": 200, "headers": {"set-cookie": [HOSTILE]}, "body": HOSTILE, "isTruncated": True}
    return created  # type: ignore[no-any-return]


def test_a_receiver_s_answer_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    display.record_summary(record())
    display.record(record())
    output.print_table(("A", "B"), [(HOSTILE, HOSTILE)], "")
    output.note(HOSTILE)
    out, err = capsys.readouterr()
    assert (out + err).replace("\n", "").isprintable()
    assert "[bold]markup[/bold] :smile:" in out


def test_a_terminal_gets_only_the_colours_of_this_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    output._console.cache_clear()
    display.record(record())
    output._console.cache_clear()
    out = capsys.readouterr().out
    assert "\x1b[31mfailed" in out
    assert "\x1b[31mred" not in out
    assert "\x1b]0" not in out


@pytest.mark.parametrize("terminal", ["NO_COLOR", "TERM"])
def test_colours_can_be_turned_off(
    terminal: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv(terminal, "dumb")
    output._console.cache_clear()
    output.print_text("text", output.BAD)
    output._console.cache_clear()
    assert capsys.readouterr().out == "text\n"


_ROW: Final = (
    "wh_01m85wm395hajb6grnx9vhx4yv",
    "a name that is rather long",
    "failing (12)",
    ", ".join(["modelDeleted"] * 9),
)


def _table(columns: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of a table on a terminal of that width; in a pipe if it is `None`."""
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    output._console.cache_clear()
    output.print_table(("ID", "NAME", "STATE", "TYPES"), [_ROW], "")
    output._console.cache_clear()
    return capsys.readouterr().out.splitlines()


def test_a_wide_table_is_cut_to_fit_except_for_ids(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _table("80", capsys, monkeypatch)
    assert all(len(line) <= 80 for line in lines)
    assert _ROW[0] in lines[1]
    assert _ROW[2] in lines[1]


def test_a_table_in_a_pipe_is_not_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert [each for each in _ROW if each not in _table(None, capsys, monkeypatch)[1]] == []


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("90s", timedelta(seconds=90)),
        ("30min", timedelta(minutes=30)),
        ("2h ago", timedelta(hours=2)),
        ("7 d", timedelta(days=7)),
    ],
)
def test_a_duration_is_a_time_in_the_past(text: str, ago: timedelta) -> None:
    assert abs(datetime.now(UTC) - ago - times.parse(text)) < timedelta(seconds=5)


def test_a_duration_can_be_in_the_future() -> None:
    assert times.parse("2h", is_future=True) > datetime.now(UTC) + timedelta(hours=1)


def test_a_time_with_a_zone_is_parsed() -> None:
    assert times.parse("2026-03-01T10:00:00+02:00") == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_time_without_a_zone_is_local() -> None:
    assert times.parse("2026-03-01T10:00") == datetime(2026, 3, 1, 10).astimezone()


@pytest.mark.parametrize("text", ["", "soon", "h", "-2h", "2026-13-01", "99999999999d"])
def test_an_invalid_time_is_reported(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        times.parse(text)


@pytest.mark.parametrize(
    ("off", "shown"),
    [
        (timedelta(seconds=-5), "5 s ago"),
        (timedelta(minutes=-3, seconds=-5), "3 min ago"),
        (timedelta(hours=2, seconds=5), "in 2 h"),
        (timedelta(days=-2, seconds=-5), "2 d ago"),
    ],
)
def test_a_time_is_shown_relative_to_now(off: timedelta, shown: str) -> None:
    assert times.relative((datetime.now(UTC) + off).isoformat()) == shown
