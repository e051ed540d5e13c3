"""Was it the machine? Few tests that failed beside others are run once more, alone.

`python tests/again.py`, after pytest: exit code 0 if each of them passes now. They are named then,
with a word that a person can search for: who passes only alone is fragile, and is to be mended.
More than a few failures are no accident, and nothing is run.
"""

import json
import subprocess
import sys
from pathlib import Path

FAILED = Path(".pytest_cache/v/traybot/failed")
#: In a run of three thousand tests; one of ours that really fails mostly fails in company.
MOST = 3


def main() -> int:
    """Run them; give the exit code."""
    failed: list[str] = json.loads(FAILED.read_text(encoding="utf-8")) if FAILED.is_file() else []
    if not 0 < len(failed) <= MOST:
        return 1
    print(f"\nagain, alone: {len(failed)} of the tests that failed", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *failed]
    code = subprocess.run(command, check=False).returncode
    for test in failed:
        print(f"FRAGILE {test}" if code == 0 else f"FAILED {test}")
    return code


if __name__ == "__main__":
    sys.exit(main())
