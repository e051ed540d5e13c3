"""Where do the peers live? Each in an environment of its own, with the versions it is compared at.

Made once, by pip, under `.venv-bench/`; a changed list of requirements makes its own anew. The
lists are complete, so nothing is resolved.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".venv-bench"
FOLDER = Path(__file__).parent / "peers"


def names() -> list[str]:
    """Give the environments there are lists for."""
    return sorted(path.stem.removeprefix("requirements-") for path in FOLDER.glob("*.txt"))


def python(name: str) -> Path | None:
    """Give an environment's Python, made now if there is none; `None` where it cannot be made."""
    listed = FOLDER / f"requirements-{name}.txt"
    sign = hashlib.sha256(listed.read_bytes()).hexdigest()[:12]
    made = HOME / f"{name}-{sign}"
    program = made / "bin" / "python"
    if (made / "ready").exists():
        return program
    print(f"{name}: is installed, from {listed.relative_to(ROOT)}", file=sys.stderr)
    shutil.rmtree(made, ignore_errors=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(made)], check=True)
        pip = [str(program), "-m", "pip", "install", "--quiet", "--no-deps", "--requirement"]
        subprocess.run([*pip, str(listed)], check=True)
    except subprocess.CalledProcessError as error:
        print(f"{name}: cannot be installed here: {error}", file=sys.stderr)
        return None
    (made / "ready").touch()
    return program


if __name__ == "__main__":
    for each in names():
        print(each, python(each))
