"""Lambda kills a function that runs longer than its timeout, or that uses more memory than it has.

- The timeout: ministack ends the process by SIGTERM, which a function can catch. A function without extensions gets no
  time to shut down ("Understanding the Lambda execution environment lifecycle",
  docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: its shutdown phase is 0 ms). Here it is SIGKILL.
- The memory: `MemorySize` is what the whole environment has ("Configure Lambda function memory",
  docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). The kernel's high-water mark of the process's resident
  memory may not exceed it, including interpreter and libraries, without a margin. A peak between two checks is found when
  the function returns.

The messages stay on their queue, and are received again after its visibility timeout.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ministack.core import lambda_runtime

if TYPE_CHECKING:
    import subprocess

_log: Final = logging.getLogger("lambda")

_LOOK_S: Final = 0.05
_PEAK: Final = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)
_KIB: Final = 1_024
_KILLED: Final = "Runtime exited with error: signal: killed"

_invoke: Final = lambda_runtime.Worker.invoke


def install() -> None:
    """Kill immediately, and measure the memory of each process."""
    lambda_runtime._signal = _kill
    lambda_runtime.Worker.invoke = _held
    threading.Thread(target=_watch, name="memory", daemon=True).start()


def _kill(process: subprocess.Popen[str] | None) -> None:
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def _held(worker: Any, *args: object, **options: object) -> dict[str, Any]:  # noqa: ANN401 - a class of ministack's
    answer: dict[str, Any] = _invoke(worker, *args, **options)
    if _takes_too_much(worker):
        _kill_for_memory(worker)
    elif not vars(worker).pop("was_killed", False):
        return answer
    worker.was_killed = False
    return answer | {"status": "error", "error": f"{_KILLED} at {worker.config['MemorySize']} MB", "result": None}


def _watch() -> None:
    while True:
        time.sleep(_LOOK_S)
        with lambda_runtime._lock:
            workers = [each for pool in lambda_runtime._workers.values() for each in pool]
        for worker in filter(_takes_too_much, workers):
            worker.was_killed = True
            _kill_for_memory(worker)


def _kill_for_memory(worker: Any) -> None:  # noqa: ANN401 - a class of ministack's
    _log.warning("Lambda %s: %s", worker.func_name, _KILLED)
    _kill(worker._proc)


def _takes_too_much(worker: Any) -> bool:  # noqa: ANN401 - a class of ministack's
    process = worker._proc
    return process is not None and _peak_bytes(process.pid) > int(worker.config.get("MemorySize", 128)) * _KIB**2


def _peak_bytes(pid: int) -> int:
    """The memory of a process; 0 if it has ended."""
    try:
        found = _PEAK.search(Path(f"/proc/{pid}/status").read_text("utf-8"))
    except OSError:
        return 0
    return int(found[1]) * _KIB if found is not None else 0
