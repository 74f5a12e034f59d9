"""Makes the virtual environment with nothing but Python's own library: `python3 environment.py FOLDER REQUIREMENTS`.

Debian's bare python3 has no ensurepip. Then pip itself comes from the package index, in one pinned version.
"""

import hashlib
import os
import re
import shlex
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
DEFAULT_INDEX = "https://pypi.org/simple"


def main() -> int:
    if sys.version_info < (3, 11):
        print(
            f"Arena needs Python 3.11 or newer; this is {sys.version.split()[0]}. Set PYTHON to a newer one."
        )
        return 1
    folder, requirements = Path(sys.argv[1]), Path(sys.argv[2])
    stamp = folder / f"{requirements.stem}.installed"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    print(f"Installing what {requirements.name} pins into {folder} …", flush=True)
    python = make_environment(folder)
    install(python=python, requirements=requirements)
    write_launcher(python=python)
    stamp.write_text(wanted)
    return 0


def make_environment(folder: Path) -> Path:
    """The environment's interpreter; the environment is made if it isn't there or is broken."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=False, symlinks=True, clear=folder.exists())
    return python


def write_launcher(*, python: Path) -> None:
    """`arena` beside the interpreter: the command of the source that this environment was made for.

    -P: a bundle is checked in the folder where it was unpacked, and no file that lies there may be imported.
    """
    source = Path(__file__).resolve().parents[2]
    launcher = python.with_name("arena")
    launcher.write_text(
        "#!/bin/sh\n"
        f"export PYTHONPATH={shlex.quote(str(source))}${{PYTHONPATH:+:$PYTHONPATH}}\n"
        f'exec {shlex.quote(str(python.absolute()))} -P -m evaluations.publishing "$@"\n'
    )
    launcher.chmod(0o755)


def install(*, python: Path, requirements: Path) -> None:
    """Install exactly the pinned files, each checked against its hash."""
    options = [
        "--require-hashes",
        "--no-deps",  # the file names them all; what a package says of its own needs was weighed when it was made
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "-r",
        str(requirements),
    ]
    if not has_certificates():
        # Without the system's certificates pip's own list of authorities is the one there is.
        options.append("--use-deprecated=legacy-certs")
    with tempfile.TemporaryDirectory() as folder:
        wheel = fetch_pip(Path(folder))
        command = [str(python), str(wheel / "pip"), "install", *options]
        result = subprocess.run(command, check=False, env={**os.environ, "PIP_USER": "0"})
    if result.returncode:
        sys.exit(
            "The packages could not be installed. The lines above say why. Mend it and run the same command again."
        )


def fetch_pip(folder: Path) -> Path:
    """Pip's wheel, which Python runs as it is. Its hash is pinned, so that where it came from need not be trusted."""
    index = read_index().rstrip("/") + "/pip/"
    try:
        page = read(index).decode()
        link = re.search(rf'href="([^"]*{re.escape(PIP_WHEEL)}[^"]*)"', page)
        data = read(urllib.parse.urljoin(index, link[1].split("#")[0])) if link else b""
    except OSError as error:
        sys.exit(
            f"The package index did not answer ({error}). Check the network or PIP_INDEX_URL, then run this again."
        )
    if hashlib.sha256(data).hexdigest() != PIP_SHA256:
        sys.exit(f"The index at {index} has no {PIP_WHEEL} with the pinned hash. Check PIP_INDEX_URL.")
    wheel = folder / PIP_WHEEL
    wheel.write_bytes(data)
    return wheel


def read_index() -> str:
    """The package index that pip is set up with, or the public one."""
    return os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX


def read(address: str) -> bytes:
    if not address.startswith(("https://", "http://", "file://")):
        sys.exit(f"{address} is no address of a package index.")
    context = ssl._create_unverified_context()  # noqa: S323 - the pinned hash decides, not the connection
    with urllib.request.urlopen(address, timeout=60, context=context) as response:  # noqa: S310
        data: bytes = response.read()
    return data


def has_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    return bool(
        os.environ.get("PIP_CERT")
        or (paths.cafile and Path(paths.cafile).exists())
        or (folder and folder.is_dir() and any(folder.iterdir()))
    )


if __name__ == "__main__":
    sys.exit(main())
