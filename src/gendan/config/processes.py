"""What the operating system offers for child processes: die with the parent, run as another user, be recognised."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522

# Loaded before any fork: a child between fork and exec must not import or allocate much.
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


@dataclass(frozen=True, slots=True)
class RunAs:
    """Another user for a child process; `reach` keeps the right to pass folders that are closed to that user."""

    uid: int
    gid: int
    reach: bool = False


def service_user(preferred: int | None = None) -> RunAs:
    """The user for servers that refuse to run as root."""
    if preferred:
        entry = pwd.getpwuid(preferred)
        return RunAs(entry.pw_uid, entry.pw_gid)
    for name in ("gendan", "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL does not run as root, and there is no user gendan, postgres or nobody.")


def can_reach(user: RunAs, folder: Path, program: Path) -> bool:
    """Whether the user can enter the folder and run the program."""
    try:
        answer = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1" && "$2" --version', "sh", str(folder), str(program)],
            user=user.uid,
            group=user.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.returncode == 0


def before_exec(
    *, run_as: RunAs | None = None, parent: int | None = None, death: int = signal.SIGTERM
) -> Callable[[], None]:
    """A preexec function: change the user, then ask the kernel for `death` when the process `parent` dies."""

    def prepare() -> None:
        if run_as is not None:
            _become(run_as)
        if parent is not None and _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, death, 0, 0, 0)
            if os.getppid() != parent:  # it died before the kernel was asked
                os._exit(1)

    return prepare


def _become(user: RunAs) -> None:
    keep = user.reach and _libc is not None
    if keep:
        _check(_libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))  # type: ignore[union-attr]
    os.setgroups([])
    os.setgid(user.gid)
    os.setuid(user.uid)
    if keep:
        bits = 1 << _CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        data = (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0)
        _check(_libc.capset(header, data))  # type: ignore[union-attr]
        _check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0))  # type: ignore[union-attr]


def _check(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if LINUX:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (OSError, IndexError):
            return False
    return True


def works_in(folder: Path, name: str) -> Sequence[int]:
    """Processes of that name whose working folder is the given one (Linux; elsewhere none are known)."""
    found = []
    for pid in _all_processes():
        entry = Path(f"/proc/{pid}")
        try:
            if os.readlink(entry / "cwd") == str(folder) and (entry / "comm").read_text().strip() == name:
                found.append(pid)
        except OSError:
            continue
    return found


def group(leader: int) -> list[int]:
    """The living processes of a process group (Linux; elsewhere none are known)."""
    return [pid for pid in _all_processes() if _process_group(pid) == leader and is_alive(pid)]


def command_line(pid: int) -> bytes:
    """The command line of a process, empty if it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()] if LINUX else []


def _process_group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return 0
