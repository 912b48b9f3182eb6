"""What the probing process takes away from itself before it opens a file somebody sent us.

Memory, time and writing are limited everywhere. Where the kernel offers it, the process also loses
every file but the one (Landlock, kernel 5.13) and every socket and new program (seccomp). A kernel that
does not offer it leaves the allow-lists of FFmpeg as the only wall, which holds by itself too.
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterable
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

# Landlock: system calls have the same numbers on all machines. kernel.org, userspace-api/landlock.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _RULE_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # number of rights by version; 16 since version 5
_NETWORK_SINCE, _TCP_RIGHTS = 4, 3
_SCOPES_SINCE, _SIGNALS_AND_SOCKETS = 6, 3  # of processes outside

# seccomp: the audit numbers of the machines we know, and per system call its number on each of them.
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_FORBIDDEN = {
    "socket": (41, 198),
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "io_uring_setup": (425, 425),
    "fchmodat": (268, 53),
}
_X86_CHMOD = 90  # an older name of the last one
_ALLOW, _REFUSE_EPERM, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
# Instructions of a packet filter, and where in seccomp_data the machine and the call stand.
_LOAD, _SAME, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_AT_ARCH, _AT_NUMBER = 4, 0


def limit(*, memory_bytes: int, cpu_s: int) -> None:
    """Bound memory and time, and end with the parent; nothing can be written, not even a core."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def shut(path: str, *, libraries: Iterable[str] = ()) -> list[str]:
    """Let nothing be opened from now on but this file; which walls now stand: landlock, seccomp.

    libraries: folders of code, from which modules may still be read. It holds for good.
    """
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return []
    walls = {"landlock": _only_these([path, *libraries]), "seccomp": _no_sockets()}
    return [name for name, stands in walls.items() if stands]


def _only_these(paths: Iterable[str]) -> bool:
    version = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    wanted = struct.pack("=Q", rights)
    if version >= _NETWORK_SINCE:
        wanted += struct.pack("=Q", _TCP_RIGHTS)
    if version >= _SCOPES_SINCE:
        wanted += struct.pack("=Q", _SIGNALS_AND_SOCKETS)
    rules = _libc.syscall(_CREATE_RULESET, wanted, ctypes.c_size_t(len(wanted)), 0)
    if rules < 0:
        return False
    try:
        for path in paths:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                allowed = _READ_FILE | (_READ_DIR if Path(path).is_dir() else 0)
                rule = struct.pack("=Qi", allowed, place)
                if _libc.syscall(_ADD_RULE, rules, _RULE_PATH_BENEATH, rule, 0) != 0:
                    return False
            finally:
                os.close(place)
        return bool(_libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def _no_sockets() -> bool:
    machine = os.uname().machine
    if machine not in _MACHINES or struct.calcsize("P") != 8:
        return False
    calls = [numbers[list(_MACHINES).index(machine)] for numbers in _FORBIDDEN.values()]
    steps = [_step(_SAME, _MACHINES[machine], yes=1), _step(_RETURN, _KILL)]
    steps = [_step(_LOAD, _AT_ARCH), *steps, _step(_LOAD, _AT_NUMBER)]
    if machine == "x86_64":  # which has another numbering of the same calls, from a bit on
        steps += [_step(_AT_LEAST, 0x40000000, no=1), _step(_RETURN, _REFUSE_EPERM)]
        calls.append(_X86_CHMOD)
    for call in calls:
        steps += [_step(_SAME, call, no=1), _step(_RETURN, _REFUSE_EPERM)]
    steps.append(_step(_RETURN, _ALLOW))
    program = _Program(len(steps), b"".join(steps))
    return _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One instruction of a packet filter: code, jump if true, jump if false, operand."""
    return struct.pack("=HBBI", code, yes, no, value)
