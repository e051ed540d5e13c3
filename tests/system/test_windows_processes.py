"""Does a life on Windows end with all that came from it, and with the daemon? By a stand-in."""

import ctypes

import pytest

from tests.system.fake_kernel import FakeJob, FakeKernel, FakeProcess
from traybot.system.windows_process_calls import BasicLimits, ExtendedLimits
from traybot.system.windows_processes import KILLED, WindowsHandle, WindowsProcesses

pytestmark = pytest.mark.anywhere


@pytest.fixture
def kernel() -> FakeKernel:
    """A machine."""
    return FakeKernel()


@pytest.fixture
def processes(kernel: FakeKernel) -> WindowsProcesses:
    """The daemon's way to own processes on it."""
    return WindowsProcesses(kernel)


def life(
    kernel: FakeKernel, processes: WindowsProcesses
) -> tuple[WindowsHandle, FakeProcess, FakeProcess]:
    """A life just born, and what it starts later."""
    process = kernel.start()
    handle = processes.handle(process.pid)
    return handle, process, kernel.start(process)


def test_a_kill_ends_all_that_came_from_a_life(
    kernel: FakeKernel, processes: WindowsProcesses
) -> None:
    """Its grandchildren too, at once; another life is not touched; again nothing happens."""
    handle, process, child = life(kernel, processes)
    grandchild = kernel.start(child)
    _, other, _ = life(kernel, processes)
    handle.kill()
    assert [one.code for one in (process, child, grandchild)] == [KILLED] * 3
    assert other.code is None
    handle.kill()
    handle.close()
    handle.close()
    handle.kill()


def test_what_outlived_its_parent_is_hit_still(
    kernel: FakeKernel, processes: WindowsProcesses
) -> None:
    """The job goes on when the life is gone: what it left is seen and ended."""
    handle, process, child = life(kernel, processes)
    kernel.end(process)
    assert handle.reap()
    handle.kill()
    assert child.code == KILLED
    assert not handle.reap()


def test_every_life_ends_with_the_daemon(kernel: FakeKernel, processes: WindowsProcesses) -> None:
    """However the daemon ends, the system closes its handles; what is tied goes as well."""
    _, process, child = life(kernel, processes)
    manager = kernel.start()
    processes.tie(manager.pid)
    kernel.daemon_dies()
    assert all(one.code is not None for one in (process, child, manager))


def test_the_users_program_outlives_us(kernel: FakeKernel, processes: WindowsProcesses) -> None:
    """It has a job, by which it can be ended whole, and which by itself ends nothing."""
    program = kernel.start()
    handle = processes.handle(program.pid, outlives=True)
    window = kernel.start(program)
    handle.close()
    kernel.daemon_dies()
    assert program.code is None
    assert window.code is None
    WindowsProcesses(kernel).handle(program.pid, outlives=True).kill()
    assert program.code == KILLED


def test_a_life_is_frozen_and_thawed_whole(kernel: FakeKernel, processes: WindowsProcesses) -> None:
    """Each process once, however often it is asked: Windows counts."""
    handle, process, child = life(kernel, processes)
    before = kernel.open_handles()
    handle.suspend()
    handle.suspend()
    assert (process.frozen, child.frozen) == (1, 1)
    handle.resume()
    handle.resume()
    assert (process.frozen, child.frozen) == (0, 0)
    assert kernel.open_handles() == before


def test_what_is_started_during_the_freeze_is_frozen(
    kernel: FakeKernel, processes: WindowsProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A life that starts a program between look and freeze does not slip through."""
    handle, process, child = life(kernel, processes)
    late: list[FakeProcess] = []
    suspend = kernel.suspend

    def starts_another(number: int) -> None:
        if not late:
            late.append(kernel.start(process))
        suspend(number)

    monkeypatch.setattr(kernel, "suspend", starts_another)
    handle.suspend()
    assert [one.frozen for one in (process, child, *late)] == [1, 1, 1]


def test_a_frozen_life_is_killed(kernel: FakeKernel, processes: WindowsProcesses) -> None:
    """It need not be thawed, and no handle is lost over it."""
    before = kernel.open_handles()
    handle, process, _ = life(kernel, processes)
    outer = 1
    handle.suspend()
    handle.kill()
    assert process.code == KILLED
    handle.close()
    assert kernel.open_handles() == before + outer


def test_who_is_gone_cannot_be_held(kernel: FakeKernel, processes: WindowsProcesses) -> None:
    """A number without a process is said to be so; so is one that somebody else still holds."""
    life(kernel, processes)
    gone = kernel.start()
    held = kernel.open_process(gone.pid)
    kernel.end(gone)
    before = kernel.open_handles()
    for pid in (4, gone.pid):
        with pytest.raises(ProcessLookupError):
            processes.handle(pid)
    assert kernel.open_handles() == before
    kernel.close(held)


def test_where_no_job_can_be_had_the_life_itself_is_still_hit(
    kernel: FakeKernel, processes: WindowsProcesses
) -> None:
    """Inside another program's job that allows no other one the process alone is killed, frozen."""
    process = kernel.start()
    process.jobs = [FakeJob(dies_with_handle=False, lonely=True)]
    handle = processes.handle(process.pid)
    handle.suspend()
    assert process.frozen == 1
    handle.resume()
    handle.kill()
    assert process.code == KILLED


def test_a_request_to_leave_goes_to_the_windows(
    kernel: FakeKernel, processes: WindowsProcesses
) -> None:
    """There is no SIGTERM: each process's windows are closed as their user would close them."""
    handle, process, child = life(kernel, processes)
    handle.ask()
    assert (process.asked, child.asked) == (1, 1)


def test_the_layouts_are_those_of_the_system() -> None:
    """The structures have 64-bit Windows' sizes; a wrong one fails every call."""
    if ctypes.sizeof(ctypes.c_void_p) == 8:
        assert ctypes.sizeof(BasicLimits) == 64
        assert ctypes.sizeof(ExtendedLimits) == 144
        assert BasicLimits.flags.offset == 16
