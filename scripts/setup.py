"""Set up a checkout: virtual environment, locked dependencies, what printing needs, for tests a browser.

Standard library only.

    python3 scripts/setup.py run     what running needs
    python3 scripts/setup.py dev     that and what tests need

A second call does nothing unless the lock has changed.
"""

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OLDEST = (3, 11)
# What WeasyPrint finds at run time; gendan.kernel.pdf names the same packages when they are missing.
PRINTING_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
PRINTING_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-cjk")
FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
CHINESE_FONTS = ("NotoSansCJK*", "NotoSansSC*", "SourceHanSans*", "wqy-*")


def main(arguments: list[str]) -> None:
    """Set up for the given purpose."""
    if sys.version_info < OLDEST:
        sys.exit("gendan needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 …")
    purpose = arguments[0] if arguments else "run"
    if purpose not in {"run", "dev"}:
        sys.exit(__doc__)
    make_environment()
    install(purpose)
    provide_printing()
    if purpose == "dev":
        provide_browser()


def make_environment() -> None:
    """Create .venv unless a working one exists."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python3.{sys.version_info.minor}-venv"
        if not apt_install(package):
            sys.exit(
                f"This Python cannot make virtual environments. Install its venv module: apt-get install {package}"
            )
    say("creating .venv")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def install(purpose: str) -> None:
    """Install exactly what the lock names, checked by hash, when the lock has changed."""
    if stamp_is_current(purpose) or (purpose == "run" and stamp_is_current("dev")):
        return
    say(f"installing what requirements/{purpose}.txt names")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "--require-hashes", "--only-binary=:all:", "-r", str(lock(purpose))], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=True)
    stamp(purpose).write_text(digest(purpose))


def provide_printing() -> None:
    """Documents as PDF need Pango and a Chinese font; everything else works without them, so it is tried once."""
    tried = VENV / ".printing-tried"
    if can_print() or tried.exists():
        return
    tried.touch()
    if not apt_install(*PRINTING_PACKAGES):
        say(f"documents cannot be printed as PDF until this is done: apt-get install {' '.join(PRINTING_PACKAGES)}")


def can_print() -> bool:
    """Whether the libraries and a Chinese font are on this machine."""
    found = all(ctypes.util.find_library(name) for name in PRINTING_LIBRARIES)
    return found and any(next(folder.rglob(name), None) for folder in FONTS for name in CHINESE_FONTS)


def provide_browser() -> None:
    """The tests of the pages need Chromium or Chrome; playwright's own download is not used."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if not apt_install("chromium", "fonts-noto-cjk"):
        sys.exit("The tests need Chromium or Chrome on the PATH. Install it, for example: apt-get install chromium")


def apt_install(*packages: str) -> bool:
    """Install Debian packages if this user may."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and (not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode):
        return False
    say(f"installing {' '.join(packages)} with apt-get")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"], stdout=subprocess.DEVNULL, check=False)
    command = [*quiet, "install", "--no-install-recommends", "-y", *packages]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0


def lock(purpose: str) -> Path:
    """The file that names every package with its version and hashes."""
    return ROOT / "requirements" / f"{purpose}.txt"


def stamp(purpose: str) -> Path:
    """Where it is noted which lock is installed."""
    return VENV / f".installed-{purpose}"


def digest(purpose: str) -> str:
    """What the installation depends on."""
    content = lock(purpose).read_bytes() + (ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()
    return hashlib.sha256(content).hexdigest()


def stamp_is_current(purpose: str) -> bool:
    """Whether the lock is installed already."""
    return stamp(purpose).exists() and stamp(purpose).read_text() == digest(purpose)


def say(text: str) -> None:
    """One line on the terminal."""
    print(f"gendan: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
