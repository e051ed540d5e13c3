"""Does the house keep its own rules? Those that no tool of the trade knows."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = sorted((ROOT / "traybot").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

FILE_WALL = 300
FUNCTION_WALL = 40
TEST_FILE_WALL = 400

#: Folders that are one person's or one moment's, written out as the start of a path.
MACHINE_PATH = re.compile(r"(?<![\w.~}])/(root|home|tmp)/[a-z]")
#: What the daemon must not have loaded when it only supervises: they cost 150 ms and 40 MB.
HEAVY = {"cv2", "numpy", "traybot.vision"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def place(path: Path, line: int = 1) -> str:
    """Name a place as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}"


def functions(path: Path) -> Iterator[Function]:
    """Give every function of a file, methods and inner ones too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    """Count the lines of a function from its `def` on, docstring and decorators left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_every_module_says_which_question_it_answers() -> None:
    """A file begins with a docstring: the answer to its one question."""
    silent = [
        place(path)
        for path in PACKAGE + TESTS
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent, f"begin with a docstring that says what the file is for: {silent}"


@pytest.mark.parametrize(("files", "wall"), [(PACKAGE, FILE_WALL), (TESTS, TEST_FILE_WALL)])
def test_no_file_passes_the_wall(files: list[Path], wall: int) -> None:
    """A file that grows past the wall answers two questions and is split."""
    counted = [(path, len(path.read_text(encoding="utf-8").splitlines())) for path in files]
    long = [f"{place(path)} has {lines}" for path, lines in counted if lines > wall]
    assert not long, f"split into files of one question each, {wall} lines at most: {long}"


def test_no_function_passes_the_wall() -> None:
    """A function fits on a screen."""
    long = [
        f"{place(path, function.lineno)} {function.name} has {body_lines(function)}"
        for path in PACKAGE
        for function in functions(path)
        if body_lines(function) > FUNCTION_WALL
    ]
    assert not long, f"give parts a name of their own, {FUNCTION_WALL} lines at most: {long}"


def test_every_test_says_what_must_be_true() -> None:
    """A test's docstring is the sentence that fails with it."""
    silent = [
        f"{place(path, function.lineno)} {function.name}"
        for path in TESTS
        for function in functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert not silent, f"say in a docstring what must be true: {silent}"


def test_no_test_waits_a_fixed_time() -> None:
    """A test waits for what it wants to see, with a deadline; a sleep is too long or too short."""
    slept = [
        place(path, node.lineno)
        for path in TESTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "sleep"}
    ]
    assert not slept, f"wait by tests.desktop.eventually, or by an event: {slept}"


def test_no_path_of_a_machine_is_written_down() -> None:
    """Whatever stands in the tree works in anybody's folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    found = [
        place(path, number)
        for path in map(ROOT.joinpath, filter(None, listed.stdout.split("\0")))
        for number, line in enumerate(text_lines(path), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not found, f"write a path that is relative, or made at run time: {found}"


def text_lines(path: Path) -> list[str]:
    """Give the lines of a text file; none of a picture, or of a file deleted but not yet told."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError):
        return []


@pytest.mark.parametrize("module", ["traybot", "traybot.cli", "traybot.app", "traybot.engine"])
def test_the_daemon_does_not_load_opencv(module: str) -> None:
    """Importing the daemon's parts leaves vision to the children; the contracts cannot see this."""
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout.strip(), (
        f"import these inside the function that uses them: {done.stdout.strip()}"
    )


#: There on Linux alone, or on no system but POSIX's.
LINUX_ONLY = [
    *("Xlib", "fcntl", "grp", "jeepney", "pwd", "resource", "termios", "traybot.system.linux"),
]
#: Files of ours that are about Linux's own, by their names.
ABOUT_LINUX = re.compile(r"(^|_)(x11|linux|bus|buses|gtk|window|popup|preload)(_|$)")


def test_tests_for_everywhere_import_nothing_of_linux() -> None:
    """What is so marked can at least be imported where Linux's own modules are not."""
    marked = [path for path in TESTS if ".mark." + "anywhere" in path.read_text(encoding="utf-8")]
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in marked
        if path.name.startswith("test_") and path != Path(__file__)
    ]
    import_elsewhere(names)


def test_other_systems_can_load_all_that_is_not_about_linux() -> None:
    """The daemon with its tray, every command, every life: without X, D-Bus and POSIX's modules."""
    modules = (path.relative_to(ROOT).with_suffix("") for path in PACKAGE)
    import_elsewhere(
        [
            ".".join(module.parts).removesuffix(".__init__")
            for module in modules
            if not ABOUT_LINUX.search(module.name) and module.name != "__main__"
        ]
    )


def import_elsewhere(names: list[str]) -> None:
    """Import modules in an interpreter that has nothing of Linux's."""
    code = f"""
import importlib, sys
import PIL.Image, cv2, hypothesis, numpy, psutil, pytest, subprocess, tomlkit
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name in {LINUX_ONLY!r}:
            raise ModuleNotFoundError(name)
for name in {LINUX_ONLY!r}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Nowhere())
for name in {names!r}:
    importlib.import_module(name)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
