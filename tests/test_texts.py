"""Can every text that a person sees be translated, and is each translation whole?"""

import ast
import gettext
import os
import string
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "traybot"
LOCALE = PACKAGE / "locale"
TEMPLATE = LOCALE / "traybot.pot"
KEYWORDS = {"_": None, "later": None, "n_": (1, 2)}
CODE = sorted(PACKAGE.rglob("*.py"))
#: So much of a language is translated at least; a text without a translation is English.
SHARE = 0.9
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
            # The extraction would take whatever text stands inside another expression.
            plain = isinstance(argument, ast.Constant | ast.Name | ast.Attribute)
            assert plain, f"{path.name}:{call.lineno}"


def fields(text: str) -> set[str]:
    """Give the names of the values that go into a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def said(catalogue: Catalog) -> dict[Any, Any]:
    """Give each text of a catalogue with what it says for it; a plural is a tuple in both."""
    return {message.id: message.string for message in catalogue if message.id}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_keeps_up_with_the_code(path: Path) -> None:
    """It has each text, nearly all are translated, and each with the same values in it."""
    with path.open("rb") as file:
        known = said(read_po(file))
    assert set(known) == in_code(), "run: make strings"
    translated = {name: text for name, text in known.items() if any(text)}
    assert len(translated) > SHARE * len(known)
    for name, text in translated.items():
        names, forms = ((one,) if isinstance(one, str) else one for one in (name, text))
        if "%" in names[0]:
            continue  # argparse's own
        for form in forms:
            assert fields(names[0]) == fields(form), (name, text)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_says_the_same(path: Path) -> None:
    """It is what the program reads."""
    with path.open("rb") as file:
        known = said(read_po(file))
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for name, text in known.items():
        if isinstance(name, str):
            assert compiled.gettext(name) == (text or name), "run: make strings"
        elif any(text):
            one, many = name
            assert tuple(compiled.ngettext(one, many, count) for count in (1, 2)) == text


def test_german_is_spoken(home: Path) -> None:
    """By the installed program, to who wants it by LANG alone."""
    wishes = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "TRAYBOT_LOCALE")
    environment = {name: value for name, value in os.environ.items() if name not in wishes}
    done = subprocess.run(
        [sys.executable, "-m", "traybot", "status"],
        env={**environment, "LANG": "de_DE.UTF-8", "TRAYBOT_HOME": str(home)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == (
        "traybot: traybot ist nicht zu erreichen: Es läuft nicht (starten mit: traybot)\n"
    )


PROBE = """
import pickle
from traybot.errors import TraybotError
import json
from traybot.text import _, first_line, in_english, joined, n_, with_both, with_english
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
assert in_english(first_line(_("phase") + "\\nmore")) == first_line("\\n phase\\n") == "phase"
sent = json.loads(json.dumps(with_english({"why": both, "n": 1, "plain": "x"})))
told = with_both(sent)
assert told == {"why": both, "n": 1, "plain": "x"}, told
assert in_english(told)["why"] == "cannot read x: phase"
assert in_english(str(told["why"])) == "cannot read x: phase"
for odd in (7, [], {"why": 7}, {"n": "x"}, {"other": "x"}):
    assert with_both({"why": "x", "n": 1, "english": odd}) == {"why": "x", "n": 1}
"""


def test_a_text_remembers_its_english_form(pseudo: dict[str, str]) -> None:
    """With values in it, joined, in an error, pickled: log and JSON stay English."""
    subprocess.run([sys.executable, "-c", PROBE], env=pseudo, check=True)


@pytest.mark.parametrize("first", ["en_GB:xx", "C", "POSIX", "en"])
def test_who_wishes_for_english_first_gets_it(pseudo: dict[str, str], first: str) -> None:
    """Although there is no catalogue of that name."""
    code = "from traybot.text import _; assert _('phase') == 'phase'"
    subprocess.run([sys.executable, "-c", code], env={**pseudo, "LANGUAGE": first}, check=True)
