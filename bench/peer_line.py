"""How is a peer asked? A process for each way to ask it, one JSON line for a question.

A peer that dies is started again for the next question, and its death is an answer: "error".
"""

import contextlib
import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import peer_envs

#: So long a peer may think about one question, in seconds.
PATIENCE = 60.0
#: Everybody works on one thread: idle ones of a pool spin, and would count as work.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_WORKER = Path(__file__).parent / "peers" / "worker.py"


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to ask."""

    #: As `peers/finders.py`, or `ours.py`, calls it.
    name: str
    #: Which environment; "" is our own.
    env: str
    #: What the table calls it.
    title: str
    #: Its share of the cases is found out by itself; this is the smallest side it is meant for.
    least_side: int = 0


class Line:
    """A process that answers for a peer."""

    def __init__(self, peer: Peer, worker: Path = _WORKER) -> None:
        """Start it and wait until it is ready; `OSError` where it cannot be."""
        self.peer = peer
        self._worker = worker
        python = sys.executable if not peer.env else peer_envs.python(peer.env)
        if python is None:
            raise OSError(f"{peer.env} is not installed")
        self._command = [str(python), str(worker), peer.name]
        self._process: subprocess.Popen[str] | None = None
        self.ready = self._start()
        if "error" in self.ready:
            raise OSError(self.ready["error"])

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Give its answer; "error" where it has none."""
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(question), file=self._process.stdin, flush=True)
        return self._hear()

    def close(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> dict[str, Any]:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            env=os.environ | ONE_THREAD,
        )
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = ""
        if select.select([self._process.stdout], [], [], PATIENCE)[0]:
            line = self._process.stdout.readline()
        if not line:
            why = "its process ended" if self._process.poll() is not None else "no answer in time"
            self.close()
            return {"error": why}
        return dict(json.loads(line))
