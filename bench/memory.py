"""Memory of a whole idle installation: proportional set sizes of every process, shared pages counted once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def measure(home: Path) -> dict[str, Any]:
    """PSS in MB of all processes whose environment names ``home`` as GENDAN_HOME, and of their children."""
    wanted = f"GENDAN_HOME={home}".encode()
    found: dict[str, float] = {}
    parents = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parents[folder.name] = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            mine = (
                wanted in (folder / "environ").read_bytes().split(b"\0")
                or str(home).encode() in (folder / "cmdline").read_bytes()
            )
        except OSError:
            continue
        if mine and folder.name != str(os.getpid()):
            found[folder.name] = 0.0
    for pid, parent in parents.items():
        if parent in found:
            found.setdefault(pid, 0.0)
    for pid in found:
        found[pid] = _pss(pid)
    return {"what": "idle memory, PSS", "processes": len(found), "mb": round(sum(found.values()), 1)}


def _pss(pid: str) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
