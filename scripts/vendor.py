"""Fetch the pinned browser libraries named in vendor.toml into web/static/web/vendor, and build the icon sprite.

The result is committed, so neither a user nor CI needs npm. Run it only to change a version.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "vendor.toml"
STATIC = HERE.parent / "src" / "gendan" / "web" / "static" / "web"
VENDOR = STATIC / "vendor"
SOURCE_MAP = re.compile(rb"\s*(//|/\*)# sourceMappingURL=\S+( \*/)?\s*$")


def fetch(package: dict[str, Any], folder: Path) -> Path:
    """Download one package archive with the ordinary npm client."""
    name = f"{package['name']}@{package['version']}"
    done = subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True, text=True)
    return folder / done.stdout.strip().splitlines()[-1]


def digest(archive: Path) -> str:
    """Return the sha256 of an archive."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def member(archive: tarfile.TarFile, path: str) -> bytes:
    """Read one file of the package."""
    handle = archive.extractfile(f"package/{path}")
    if handle is None:
        raise SystemExit(f"{path} is not a file")
    return handle.read()


def licence_text(archive: tarfile.TarFile) -> str:
    """Return the licence file of the package, or nothing when it ships none."""
    for info in archive.getmembers():
        if re.fullmatch(r"package/LICEN[SC]E(\.\w+)?", info.name, re.IGNORECASE):
            return member(archive, info.name.removeprefix("package/")).decode("utf-8").strip()
    return "(the package carries no licence file; see the licence named above)"


def sprite(archive: tarfile.TarFile, names: list[str]) -> str:
    """Build one SVG file with a <symbol> per icon, to be used as icons.svg#name."""
    symbols = []
    for name in sorted(set(names)):
        svg = member(archive, f"icons/outline/{name}.svg").decode("utf-8")
        body = re.sub(r"<!--.*?-->|<svg[^>]*>|</svg>", "", svg, flags=re.DOTALL)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(body.split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def unpack(package: dict[str, Any], path: Path) -> str:
    """Write the wanted files of one package; return its paragraph for LICENSES."""
    with tarfile.open(path) as archive:
        for source, target in package["files"].items():
            (VENDOR / target).write_bytes(SOURCE_MAP.sub(b"\n", member(archive, source)))
        if icons := package.get("icons"):
            (STATIC / "icons.svg").write_text(sprite(archive, icons), encoding="utf-8")
        head = f"{package['name']} {package['version']} ({package['licence']})"
        return f"{head}\n{'=' * len(head)}\n\n{licence_text(archive)}\n"


def main() -> None:
    """Fetch, check and write everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pin", action="store_true", help="write the sha256 of what was fetched into vendor.toml")
    pin = parser.parse_args().pin
    text = MANIFEST.read_text(encoding="utf-8")
    VENDOR.mkdir(parents=True, exist_ok=True)
    licences = []
    with tempfile.TemporaryDirectory() as temporary:
        for package in tomllib.loads(text)["package"]:
            archive = fetch(package, Path(temporary))
            found = digest(archive)
            if pin:
                mark = re.compile(rf'(name = "{re.escape(package["name"])}".*?sha256 = ")[0-9a-f]*', re.DOTALL)
                text = mark.sub(rf"\g<1>{found}", text, count=1)
            elif found != package["sha256"]:
                sys.exit(f"{package['name']} {package['version']}: sha256 is {found}, expected {package['sha256']}")
            licences.append(unpack(package, archive))
            print(f"{package['name']} {package['version']}")
    (VENDOR / "LICENSES").write_text("\n\n".join(licences), encoding="utf-8")
    if pin:
        MANIFEST.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
