"""Do both ways to wait for many at once call for whoever is ready, and for nobody else?"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from traybot.system.waiters import HandleWaiter, SelectorWaiter, Waiter

pytestmark = pytest.mark.anywhere

#: Connections, or on Windows what stands for them there.
Ends = tuple[Any, Any]


@pytest.fixture(params=[SelectorWaiter, HandleWaiter])
def waiter(request: pytest.FixtureRequest) -> Waiter:
    """Each of the two; both know pipes here."""
    if request.param is SelectorWaiter and sys.platform == "win32":
        pytest.skip("pipes cannot be selected here")
    made: Waiter = request.param()
    return made


@pytest.fixture
def pipes() -> Iterator[list[Ends]]:
    """Three pipes."""
    with ExitStack() as stack:
        made = [Pipe() for _ in range(3)]
        for ends in made:
            for end in ends:
                stack.enter_context(closing(end))
        yield made


def test_whoever_is_ready_is_called_for(waiter: Waiter, pipes: list[Ends]) -> None:
    """All of them in one wait, and again as long as there is something to receive."""
    called: list[int] = []
    for number, (ours, _) in enumerate(pipes):
        waiter.add(ours, lambda number=number: called.append(number))  # type: ignore[misc]
    waiter.wait(0.01)
    assert called == []
    pipes[0][1].send_bytes(b"x")
    pipes[2][1].send_bytes(b"x")
    for _ in range(2):
        waiter.wait(10.0)
        assert sorted(called) == [0, 2]
        called.clear()
    pipes[0][0].recv_bytes()
    waiter.wait(10.0)
    assert called == [2]


def test_an_end_is_called_for(waiter: Waiter, pipes: list[Ends]) -> None:
    """Who hangs up is heard as well."""
    called: list[str] = []
    ours, theirs = pipes[0]
    waiter.add(ours, lambda: called.append("gone"))
    theirs.close()
    waiter.wait(10.0)
    assert called == ["gone"]


def test_who_was_removed_is_not_called_for(waiter: Waiter, pipes: list[Ends]) -> None:
    """Not even if one that was called for in the same wait has removed it."""
    called: list[int] = []
    (first, to_first), (second, to_second), _ = pipes

    def called_for(number: int) -> None:
        called.append(number)
        waiter.remove((second, first)[number])

    waiter.add(first, lambda: called_for(0))
    waiter.add(second, lambda: called_for(1))
    to_first.send_bytes(b"x")
    to_second.send_bytes(b"x")
    waiter.wait(10.0)
    assert len(called) == 1


PARENT = """
import multiprocessing, sys
from traybot.system.waiters import HandleWaiter

def work(told):
    waiter, left = HandleWaiter(), []
    waiter.hear_the_end(lambda: left.append(1))
    print("ready", flush=True)
    while not left:
        waiter.wait(None)
    print("left", flush=True)

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=work, args=(None,))
    process.start()
    sys.stdin.read()
    import os
    os._exit(0)
"""


def test_the_end_of_the_parent_is_heard(tmp_path: Path) -> None:
    """However the process that started us has ended."""
    program = tmp_path / "parent.py"
    program.write_text(PARENT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        parent.kill()
        assert parent.stdout.readline() == "left\n"
