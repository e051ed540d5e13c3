"""How are Windows' calls about processes and jobs made from Python? By ctypes, and nothing more.

Numbers and layouts are those of winnt.h and winbase.h. Nothing here decides; `windows_processes`
does, and is tested against a stand-in for this class.
"""

import ctypes
from typing import Any

_SYNCHRONIZE = 0x0010_0000
_TERMINATE, _SET_QUOTA, _SUSPEND_RESUME, _QUERY_LIMITED = 0x0001, 0x0100, 0x0800, 0x1000
_RIGHTS = _SYNCHRONIZE | _TERMINATE | _SET_QUOTA | _SUSPEND_RESUME | _QUERY_LIMITED
_EXTENDED_LIMITS, _PROCESS_IDS = 9, 3
_KILL_ON_JOB_CLOSE = 0x2000
_ERROR_INVALID_PARAMETER, _ERROR_MORE_DATA = 87, 234
_WM_CLOSE = 0x0010
_FIRST_ROOM, _MOST_ROOM = 64, 65536


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("per_process_time", ctypes.c_int64),
        ("per_job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("most_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class WindowsProcessCalls:
    """Satisfies `windows_processes.ProcessCalls` by kernel32, ntdll and user32."""

    def __init__(self) -> None:
        """Load the libraries and declare what the calls take and give."""
        # By its name, since other systems' ctypes lack it and a type checker there would object.
        load: Any = vars(ctypes)["WinDLL"]
        self._kernel = load("kernel32", use_last_error=True)
        self._nt = load("ntdll")
        self._user = load("user32", use_last_error=True)
        handle, number, flag = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int
        for name, gives, takes in (
            ("OpenProcess", handle, (number, flag, number)),
            ("WaitForSingleObject", number, (handle, number)),
            ("TerminateProcess", flag, (handle, number)),
            ("CreateJobObjectW", handle, (handle, ctypes.c_wchar_p)),
            ("SetInformationJobObject", flag, (handle, flag, handle, number)),
            ("QueryInformationJobObject", flag, (handle, flag, handle, number, handle)),
            ("AssignProcessToJobObject", flag, (handle, handle)),
            ("TerminateJobObject", flag, (handle, number)),
            ("CloseHandle", flag, (handle,)),
        ):
            call = getattr(self._kernel, name)
            call.restype, call.argtypes = gives, takes
        for name in ("NtSuspendProcess", "NtResumeProcess"):
            call = getattr(self._nt, name)
            call.restype, call.argtypes = ctypes.c_int32, (handle,)

    def open_process(self, pid: int) -> int:
        """OpenProcess; `ProcessLookupError` for a number that nobody has."""
        process = self._kernel.OpenProcess(_RIGHTS, 0, pid)
        if not process:
            error = _last_error()
            if getattr(error, "winerror", 0) == _ERROR_INVALID_PARAMETER:
                raise ProcessLookupError(pid)
            raise error
        return int(process)

    def has_ended(self, process: int) -> bool:
        """WaitForSingleObject, without waiting."""
        return int(self._kernel.WaitForSingleObject(process, 0)) == 0

    def terminate(self, process: int, code: int) -> None:
        """TerminateProcess."""
        _check(self._kernel.TerminateProcess(process, code))

    def suspend(self, process: int) -> None:
        """NtSuspendProcess: not documented, and what every debugger and psutil uses."""
        _check(self._nt.NtSuspendProcess(process) >= 0)

    def resume(self, process: int) -> None:
        """NtResumeProcess."""
        _check(self._nt.NtResumeProcess(process) >= 0)

    def create_job(self, *, dies_with_handle: bool) -> int:
        """CreateJobObject without a name; no child inherits its handle."""
        job = self._kernel.CreateJobObjectW(None, None)
        _check(job)
        if dies_with_handle:
            limits = ExtendedLimits()
            limits.basic.flags = _KILL_ON_JOB_CLOSE
            size = ctypes.sizeof(limits)
            set_limits = self._kernel.SetInformationJobObject
            _check(set_limits(job, _EXTENDED_LIMITS, ctypes.byref(limits), size))
        return int(job)

    def assign(self, job: int, process: int) -> None:
        """AssignProcessToJobObject."""
        _check(self._kernel.AssignProcessToJobObject(job, process))

    def terminate_job(self, job: int, code: int) -> None:
        """TerminateJobObject."""
        _check(self._kernel.TerminateJobObject(job, code))

    def pids_in(self, job: int) -> list[int]:
        """QueryInformationJobObject, with more room until all numbers fit."""
        room = _FIRST_ROOM
        while True:
            # JOBOBJECT_BASIC_PROCESS_ID_LIST: two 32-bit counts, then the numbers.
            data = (ctypes.c_size_t * (room + 1))()
            size = ctypes.sizeof(data)
            query = self._kernel.QueryInformationJobObject
            if query(job, _PROCESS_IDS, ctypes.byref(data), size, None):
                count = ctypes.cast(data, ctypes.POINTER(ctypes.c_uint32))[1]
                first = 8 // ctypes.sizeof(ctypes.c_size_t)
                return [int(pid) for pid in data[first : first + count]]
            error = _last_error()
            room *= 2
            if getattr(error, "winerror", 0) != _ERROR_MORE_DATA or room > _MOST_ROOM:
                raise error

    def close_windows(self, pid: int) -> None:
        """EnumWindows, and WM_CLOSE to those of this process."""
        user = self._user
        owner = ctypes.c_uint32()

        def ask(window: int, _: object) -> bool:
            user.GetWindowThreadProcessId(ctypes.c_void_p(window), ctypes.byref(owner))
            if owner.value == pid:
                user.PostMessageW(ctypes.c_void_p(window), _WM_CLOSE, 0, 0)
            return True

        kind: Any = vars(ctypes)["WINFUNCTYPE"]
        callback = kind(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(ask)
        user.EnumWindows(callback, None)

    def close(self, handle: int) -> None:
        """CloseHandle."""
        self._kernel.CloseHandle(handle)


def _check(well: object) -> None:
    if not well:
        raise _last_error()


def _last_error() -> OSError:
    error: OSError = vars(ctypes)["WinError"](vars(ctypes)["get_last_error"]())
    return error
