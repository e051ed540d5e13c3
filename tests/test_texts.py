"""Can every text that a person sees be translated, and is each translation whole?"""

import ast
import io
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "traybot"
LOCALE = PACKAGE / "locale"
TEMPLATE = LOCALE / "traybot.pot"
KEYWORDS = {"_": None, "later": None, "n_": (1, 2)}
CODE = sorted(PACKAGE.rglob("*.py"))
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/traybot.po"))


def in_code() -> set[object]:
    """Give every text of the code that is for the catalogue."""
    found = extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def test_the_template_has_each_text_of_the_code() -> None:
    """`make strings` takes them out; translators work from what it writes."""
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    known = {message.id for message in template if message.id}
    assert known == in_code(), "run: make strings"


def calls(tree: ast.AST) -> list[ast.Call]:
    """Give each call that marks a text."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS
    ]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_text_is_built_before_it_is_looked_up(path: Path) -> None:
    """Neither an f-string nor a sum nor a format stands inside: the catalogue would not know it."""
    for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
        for argument in call.args[:2]:
            built = isinstance(argument, ast.JoinedStr | ast.BinOp)
            built = built or ast.unparse(argument).rstrip(")").endswith(".format(")
            assert not built, f"{path.name}:{call.lineno}"


def fields(text: str) -> set[str]:
    """Give the names of the values that go into a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_is_whole_and_compiled(path: Path) -> None:
    """Each text is translated, with the same values in it, and the compiled file says the same."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    known = {message.id: message for message in catalogue if message.id}
    assert set(known) == in_code(), "run: make strings"
    missing = [name for name, message in known.items() if not message.string or message.fuzzy]
    assert not missing, f"not translated: {missing[:5]}"
    for name, message in known.items():
        ids = [name] if isinstance(name, str) else list(name)
        said = message.string or ""
        texts = [said] if isinstance(said, str) else list(said)
        wanted = set().union(*map(fields, ids))
        if "%" in ids[0]:
            continue  # argparse's own
        for text in texts:
            assert fields(text) <= wanted, (name, text)
            assert fields(text) >= fields(ids[0]), (name, text)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run: make strings"


PROBE = """
import pickle
from traybot.errors import TraybotError
from traybot.text import _, in_english, joined, n_
text = _("phase")
assert text == "[phase]", text
assert in_english(text) == "phase"
both = _("cannot read {path}: {why}").format(path="x", why=text)
assert both == "[cannot read x: [phase]]", both
assert in_english(both) == "cannot read x: phase"
assert in_english(pickle.loads(pickle.dumps(both))) == "cannot read x: phase"
error = TraybotError(both, text)
assert str(error) == "[cannot read x: [phase]] ([phase])"
assert in_english({"a": [str(error)], "b": 1, "c": "plain"}) == {
    "a": ["cannot read x: phase (phase)"], "b": 1, "c": "plain"
}
assert in_english(joined(", ", ["x", text])) == "x, phase"
assert in_english(("%s", error)) == ("%s", "cannot read x: phase (phase)")
assert _("not in the catalogue") == "not in the catalogue"
assert _("") == ""
"""


def test_a_text_remembers_its_english_form(pseudo: dict[str, str]) -> None:
    """With values in it, joined, in an error, pickled: log and JSON stay English."""
    subprocess.run([sys.executable, "-c", PROBE], env=pseudo, check=True)


@pytest.mark.parametrize("first", ["en_GB:xx", "C", "POSIX", "en"])
def test_who_wishes_for_english_first_gets_it(pseudo: dict[str, str], first: str) -> None:
    """Although there is no catalogue of that name."""
    code = "from traybot.text import _; assert _('phase') == 'phase'"
    subprocess.run([sys.executable, "-c", code], env={**pseudo, "LANGUAGE": first}, check=True)
