"""How are Windows' calls about named pipes made from Python? With the library's own means.

`_overlapped` and `_winapi` are what asyncio and multiprocessing are built on: they keep buffers
alive while the system writes into them, which ctypes would leave to us. Who a process belongs to,
and the rights of a pipe, are asked and made by ctypes. Nothing here decides; `windows_pipe` does.
"""

import ctypes
import importlib
from typing import Any

from traybot.system.windows_pipe_base import Operation

_INFINITE = 0xFFFF_FFFF
_WAIT_OBJECT = 0
_GENERIC_READ, _GENERIC_WRITE = 0x8000_0000, 0x4000_0000
_OPEN_EXISTING, _OVERLAPPED = 3, 0x4000_0000
#: The server may learn who we are, and not act as us.
_IDENTIFICATION = 0x0010_0000 | 0x0001_0000
_MOST_INSTANCES, _BUFFER = 255, 65536
_QUERY_LIMITED, _TOKEN_QUERY, _TOKEN_USER = 0x1000, 0x0008, 1
_SDDL_REVISION = 1
_ROOM = 256


class SecurityAttributes(ctypes.Structure):
    """SECURITY_ATTRIBUTES."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("descriptor", ctypes.c_void_p),
        ("inherits", ctypes.c_int32),
    )


class _Begun:
    """Satisfies `windows_pipe_base.Operation` by one of the library's overlapped objects."""

    def __init__(self, overlapped: Any) -> None:  # noqa: ANN401  the library's type is private
        self.overlapped = overlapped

    @property
    def address(self) -> int:
        """Where its OVERLAPPED lies."""
        return int(self.overlapped.address)

    def result(self) -> bytes:
        """GetOverlappedResult; what is written gives a number."""
        result = self.overlapped.getresult()
        return result if isinstance(result, bytes) else b""

    def cancel(self) -> None:
        """CancelIoEx."""
        self.overlapped.cancel()


class WindowsPipeCalls:
    """Satisfies `windows_pipe_base.PipeCalls`."""

    def __init__(self) -> None:
        """Load the libraries."""
        # By their names, since other systems lack them and a type checker there would object.
        self._overlapped: Any = importlib.import_module("_overlapped")
        self._winapi: Any = importlib.import_module("_winapi")
        load: Any = vars(ctypes)["WinDLL"]
        self._kernel = load("kernel32", use_last_error=True)
        self._security = load("advapi32", use_last_error=True)
        handle, number, flag = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int
        for library, name, gives, takes in (
            (self._kernel, "OpenProcess", handle, (number, flag, number)),
            (self._kernel, "CloseHandle", flag, (handle,)),
            (self._kernel, "LocalFree", handle, (handle,)),
            (self._kernel, "GetNamedPipeServerProcessId", flag, (handle, handle)),
            (self._security, "OpenProcessToken", flag, (handle, number, handle)),
            (self._security, "GetTokenInformation", flag, (handle, flag, handle, number, handle)),
            (self._security, "ConvertSidToStringSidW", flag, (handle, handle)),
            (
                self._security,
                "ConvertStringSecurityDescriptorToSecurityDescriptorW",
                flag,
                (ctypes.c_wchar_p, number, handle, handle),
            ),
        ):
            call = getattr(library, name)
            call.restype, call.argtypes = gives, takes

    def user_of(self, pid: int) -> str:
        """OpenProcessToken, GetTokenInformation, ConvertSidToStringSid."""
        process = self._kernel.OpenProcess(_QUERY_LIMITED, 0, pid)
        _check(process)
        token = ctypes.c_void_p()
        try:
            opened = self._security.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token))
            _check(opened)
            return self._user_of_token(token)
        finally:
            if token.value:
                self._kernel.CloseHandle(token)
            self._kernel.CloseHandle(process)

    def _user_of_token(self, token: ctypes.c_void_p) -> str:
        # TOKEN_USER begins with a pointer to the identifier, which lies behind it.
        room = (ctypes.c_void_p * (_ROOM // ctypes.sizeof(ctypes.c_void_p)))()
        size = ctypes.c_uint32()
        ask = self._security.GetTokenInformation
        _check(ask(token, _TOKEN_USER, ctypes.byref(room), _ROOM, ctypes.byref(size)))
        text = ctypes.c_void_p()
        _check(self._security.ConvertSidToStringSidW(room[0], ctypes.byref(text)))
        try:
            return ctypes.wstring_at(text.value or 0)
        finally:
            self._kernel.LocalFree(text)

    def create(self, name: str, open_mode: int, pipe_mode: int, rights: str) -> int:
        """CreateNamedPipe with a security descriptor; no child inherits the handle."""
        descriptor = ctypes.c_void_p()
        convert = self._security.ConvertStringSecurityDescriptorToSecurityDescriptorW
        _check(convert(rights, _SDDL_REVISION, ctypes.byref(descriptor), None))
        try:
            attributes = SecurityAttributes(ctypes.sizeof(SecurityAttributes), descriptor.value, 0)
            address = ctypes.addressof(attributes)
            make = self._winapi.CreateNamedPipe
            limits = (_MOST_INSTANCES, _BUFFER, _BUFFER, 0)
            return int(make(name, open_mode, pipe_mode, *limits, address))
        finally:
            self._kernel.LocalFree(descriptor)

    def open(self, name: str) -> int:
        """CreateFile."""
        access = _GENERIC_READ | _GENERIC_WRITE
        flags = _OVERLAPPED | _IDENTIFICATION
        return int(self._winapi.CreateFile(name, access, 0, 0, _OPEN_EXISTING, flags, 0))

    def wait_for(self, name: str, seconds: float) -> None:
        """WaitNamedPipe."""
        self._winapi.WaitNamedPipe(name, _milliseconds(seconds))

    def server_of(self, pipe: int) -> int:
        """GetNamedPipeServerProcessId."""
        pid = ctypes.c_uint32()
        _check(self._kernel.GetNamedPipeServerProcessId(pipe, ctypes.byref(pid)))
        return int(pid.value)

    def port(self) -> int:
        """CreateIoCompletionPort, alone."""
        nobody = self._overlapped.INVALID_HANDLE_VALUE
        return int(self._overlapped.CreateIoCompletionPort(nobody, 0, 0, 1))

    def add(self, port: int, pipe: int, key: int) -> None:
        """CreateIoCompletionPort, with a pipe."""
        self._overlapped.CreateIoCompletionPort(pipe, port, key, 0)

    def next(self, port: int, seconds: float | None) -> tuple[int, int] | None:
        """GetQueuedCompletionStatus."""
        told = self._overlapped.GetQueuedCompletionStatus(port, _milliseconds(seconds))
        return None if told is None else (int(told[2]), int(told[3]))

    def post(self, port: int, key: int) -> None:
        """PostQueuedCompletionStatus."""
        self._overlapped.PostQueuedCompletionStatus(port, 0, key, 0)

    def accept(self, pipe: int) -> Operation | None:
        """ConnectNamedPipe."""
        overlapped = self._overlapped.Overlapped(0)
        return None if overlapped.ConnectNamedPipe(pipe) else _Begun(overlapped)

    def read(self, pipe: int, size: int) -> Operation:
        """ReadFile, overlapped; with an event to wait for, which a port does not mind."""
        overlapped = self._overlapped.Overlapped()
        overlapped.ReadFile(pipe, size)
        return _Begun(overlapped)

    def write(self, pipe: int, data: bytes) -> Operation:
        """WriteFile, likewise."""
        overlapped = self._overlapped.Overlapped()
        overlapped.WriteFile(pipe, data)
        return _Begun(overlapped)

    def finish(self, operation: Operation, seconds: float | None) -> bool:
        """WaitForSingleObject."""
        assert isinstance(operation, _Begun)
        event = operation.overlapped.event
        waited = self._winapi.WaitForSingleObject(event, _milliseconds(seconds))
        return int(waited) == _WAIT_OBJECT

    def close(self, handle: int) -> None:
        """CloseHandle."""
        self._winapi.CloseHandle(handle)


def _milliseconds(seconds: float | None) -> int:
    return _INFINITE if seconds is None else max(0, round(seconds * 1000))


def _check(well: object) -> None:
    if not well:
        error: OSError = vars(ctypes)["WinError"](vars(ctypes)["get_last_error"]())
        raise error
