"""Do the pages tell the truth? Whatever can be compared with the code is compared."""

import dataclasses
import inspect
import re
import shutil
import subprocess
import tomllib
from multiprocessing import get_context
from pathlib import Path

import pytest

from traybot.cli import main
from traybot.cli.pages import PAGES
from traybot.cli.parser import parse
from traybot.core.botfile import TABLES
from traybot.core.options import Option
from traybot.core.phases import Phase
from traybot.core.recoveryfile import RECOVERY, STEP
from traybot.core.watchfile import IS, ROWS, TAKES, THENS
from traybot.demo.stage import BOT
from traybot.shells.memory import Memory
from traybot.workers.bot import Bot, Messages
from traybot.workers.keys import Keys
from traybot.workers.live_settings import LiveSettings
from traybot.workers.mouse import Mouse
from traybot.workers.sight import Found, ScreenOfBot

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "traybot"
DOCS = ROOT / "docs"
README = ROOT / "README.md"
ARCHITECTURE = DOCS / "ARCHITECTURE.md"
WRITING = DOCS / "writing-a-bot.md"
TROUBLE = DOCS / "troubleshooting.md"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))

#: How a decision is told: Nygard's form.
HEADINGS = ["Context", "Decision", "Status", "Consequences"]
#: The tables of a `bot.toml` with their options.
OPTIONS = {
    **{f"[{name}]": options for name, options in TABLES.items()},
    "[recovery]": RECOVERY,
    "[[recovery.step]]": STEP,
    "[[watch]]": ROWS,
}
#: What an author holds, by the name that the page calls it.
HELD: dict[str, type] = {
    "bot": Bot,
    "bot.screen": ScreenOfBot,
    "bot.keys": Keys,
    "bot.mouse": Mouse,
    "bot.messages": Messages,
    "bot.settings": LiveSettings,
    "found": Found,
}
#: How a match finds its way to the mouse; authors call `click`.
HIDDEN = {"found.mouse"}
#: What stands for "not set" in a table.
UNSET = "–"  # noqa: RUF001  the dash that people read
#: Pieces of a message that are shorter are found anywhere.
SHORTEST_PIECE = 8


def text_of(page: Path) -> str:
    """Give a page's text."""
    return page.read_text(encoding="utf-8")


def section(page: Path, heading: str) -> str:
    """Give what stands under a heading, up to the next one of its rank or above."""
    text = text_of(page)
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    assert found, f"{page.name} has no heading {heading!r}"
    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.MULTILINE)
    return end.split(text[found.end() :], maxsplit=1)[0]


def rows(text: str) -> list[list[str]]:
    """Give the cells of every row of every table, heads left out."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if re.fullmatch(r"\|[-| ]+", line):
            found.pop()
        elif line.startswith("|"):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def quoted(text: str) -> list[str]:
    """Give what stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Give what `--help` says; a command that does not exist fails."""
    with pytest.raises(SystemExit) as end:
        parse([*command.split(), "--help"])
    assert end.value.code == 0, f"there is no traybot {command}"
    return capsys.readouterr().out


def known_commands(capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Give every command that the command line knows."""
    overview = help_of("", capsys)
    assert all(re.search(rf"^  {name} ", overview, re.MULTILINE) for name in PAGES)
    return set(PAGES)


# --- README -------------------------------------------------------------------------------------


def test_the_readme_is_short() -> None:
    """Who has five minutes can read it."""
    assert len(text_of(README).splitlines()) < 120


def test_the_readmes_commands_are_those_of_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command is told, none is made up, and the options beside it are its own."""
    told = set()
    for first, does in rows(section(README, "Commands")):
        for command in (quote.removeprefix("traybot").strip() for quote in quoted(first)):
            name = command.partition(" ")[0]
            told.add(name)
            helped = help_of(name, capsys)
            for option in (word for word in quoted(does) if word.startswith("--")):
                assert option.partition(" ")[0] in helped, f"traybot {name} has no {option}"
    assert told - {""} == known_commands(capsys)


def test_no_page_names_a_command_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """What a page says to type can be typed."""
    known = known_commands(capsys)
    for page in [README, ROOT / "installer" / "README.md", *sorted(DOCS.rglob("*.md"))]:
        lines = [line for line in text_of(page).splitlines() if line.startswith("    ")]
        for code in [*quoted(text_of(page)), *lines]:
            wrong = set(re.findall(r"(?<!from )\btraybot ([a-z]+)", code)) - known
            assert not wrong, f"{page.name}: {code}"


def test_the_first_bot_is_sound(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who copies the README's ten lines, and cuts the two pictures, has a bot that is accepted."""
    told = section(README, "Your first bot")
    blocks = dict(re.findall(r"```(toml|python)\n(.*?)```", told, re.DOTALL))
    assert len([line for block in blocks.values() for line in block.splitlines() if line]) == 10
    folder = home / "bots" / "first"
    folder.mkdir(parents=True)
    (folder / "bot.toml").write_text(blocks["toml"], encoding="utf-8")
    (folder / "routine.py").write_text(blocks["python"], encoding="utf-8")
    assert main(["check", "first"]) == 5, "without its picture it is refused"
    for picture in re.findall(r'"(\w+\.png)"', "".join(blocks.values())):
        shutil.copy(BOT / "templates" / "game_over.png", folder / picture)
    capsys.readouterr()
    assert main(["check", "first"]) == 0
    assert "first is sound; watches: death" in capsys.readouterr().out


# --- writing a bot ------------------------------------------------------------------------------


@pytest.mark.parametrize("table", OPTIONS)
def test_each_option_is_told_with_its_default(table: str) -> None:
    """The reference has every option of a table, no other, and the defaults that hold."""
    told = {quoted(name)[0]: default for name, default, _ in rows(section(WRITING, table))}
    assert told.keys() == {option.name for option in OPTIONS[table]}
    for option in OPTIONS[table]:
        assert is_default(option, told[option.name]), f"{table} {option.name}: {option.default!r}"


def is_default(option: Option, cell: str) -> bool:
    """Tell whether a cell shows the default, written as the file would have it."""
    if cell in {UNSET, "required"}:
        return option.required == (cell == "required") and not option.default
    value = tomllib.loads(f"value = {quoted(cell)[0]}")["value"]
    return bool(option.read(value) == option.default)


def test_each_kind_is_told_with_its_options() -> None:
    """The table of kinds says what each takes, and the words of `is` are all there."""
    told = section(WRITING, "Kinds")
    kinds = {quoted(kind)[0]: set(quoted(takes)) for kind, takes, _ in rows(told)}
    assert kinds == TAKES
    for words in IS.values():
        assert all(f'"{word}"' in told for word in words)


def test_the_options_of_every_kind_are_told() -> None:
    """What no kind has for itself is said to belong to all."""
    common = {option.name for option in ROWS} - set().union(*TAKES.values())
    assert set(quoted(section(WRITING, "Kinds").partition("|")[0])) == common


def test_each_then_is_told() -> None:
    """Everything that a verdict can do is explained."""
    assert [quoted(then)[0] for then, _ in rows(section(WRITING, "then"))] == list(THENS)


def members(name: str) -> list[str]:
    """Give every public member of what an author holds, written as it is called."""
    held = HELD[name]
    found = [field.name for field in dataclasses.fields(held)] if name == "found" else []
    if not found:
        found += re.findall(r"self\.([a-z]\w*) = ", inspect.getsource(vars(held)["__init__"]))
    for member, value in inspect.getmembers(held):
        if isinstance(value, property):
            found.append(member)
        elif inspect.isfunction(value) and not member.startswith("_"):
            found.append(f"{member}{signature(value)}")
    return [written for member in found if (written := f"{name}.{member}") not in HIDDEN]


def signature(function: object) -> str:
    """Write a method's parameters with their defaults and without their types."""
    whole = inspect.signature(function)  # type: ignore[arg-type]  # a function, asked before
    _, *ours = whole.parameters.values()
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in ours]
    return str(whole.replace(parameters=bare, return_annotation=inspect.Signature.empty))


@pytest.mark.parametrize("name", HELD)
def test_each_member_is_told(name: str) -> None:
    """The page has every method with its parameters and defaults, and every attribute."""
    missing = set(members(name)) - set(quoted(text_of(WRITING)))
    assert not missing, f"tell in {WRITING.name}: {sorted(missing)}"


@pytest.mark.parametrize("page", [README, WRITING, TROUBLE], ids=lambda page: page.stem)
def test_no_page_calls_what_is_not_there(page: Path) -> None:
    """What an example calls exists."""
    for name, member in re.findall(r"\b(bot(?:\.\w+)?|found)\.(\w+)\(", text_of(page)):
        assert hasattr(HELD[name], member), f"{name}.{member}"


# --- architecture, decisions, glossary ----------------------------------------------------------


def test_the_architecture_is_short() -> None:
    """Who comes new reads it whole."""
    assert len(text_of(ARCHITECTURE).splitlines()) < 200


@pytest.mark.parametrize("page", [ARCHITECTURE, *DECISIONS], ids=lambda page: page.stem)
def test_files_that_are_named_exist(page: Path) -> None:
    """Who goes where the page points finds something there."""
    named = [quote for quote in quoted(text_of(page)) if re.fullmatch(r"[\w/*]+(\.py|/)", quote)]
    lost = [name for name in named if not [*PACKAGE.rglob(name), *ROOT.glob(name)]]
    assert not lost


def test_every_part_is_on_the_map() -> None:
    """No folder of the code is left out, and no file beside them."""
    told = section(ARCHITECTURE, "Code map")
    folders = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    files = [path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")]
    missing = [part for part in folders if f"`{part}/" not in told]
    missing += [part for part in files if f"`{part}`" not in told and part != "errors.py"]
    assert not missing


def test_every_shared_number_is_told() -> None:
    """The table of shared memory has each field of it, and no other."""
    told = [
        name
        for first, *_ in rows(section(ARCHITECTURE, "What is shared"))
        for name in quoted(first)
    ]
    assert set(told) == {name.strip("_") for name in vars(Memory(get_context("spawn")))}


def test_the_glossary_knows_every_phase() -> None:
    """A phase that a user reads can be looked up."""
    row = next(row for row in rows(text_of(DOCS / "glossary.md")) if row[0] == "**phase**")
    assert quoted(row[1]) == list(Phase)


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_four_parts(page: Path) -> None:
    """Context, decision, status and consequences follow each other, under the file's number."""
    text = text_of(page)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert text.startswith(f"# {int(page.name[:4])}. ")
    assert len(text.splitlines()) <= 60, "one page"


def test_a_decisions_number_is_given_once() -> None:
    """A number is a name."""
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert len(set(numbers)) == len(numbers)


# --- all pages ----------------------------------------------------------------------------------


def test_messages_that_are_explained_are_those_of_the_code() -> None:
    """Who searches the page for what was printed finds it."""
    code = "\n".join(text_of(path) for path in PACKAGE.rglob("*.py"))
    messages = [quote for first, *_ in rows(text_of(TROUBLE)) for quote in quoted(first)]
    pieces = [piece.strip() for message in messages for piece in re.split("…|failed: ", message)]
    lost = [piece for piece in pieces if len(piece) >= SHORTEST_PIECE and piece not in code]
    assert not lost, f"no longer said: {lost}"


def test_every_link_leads_somewhere() -> None:
    """A link within the repository has its file, and its heading if it names one."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    links = [
        (page, link)
        for page in map(ROOT.joinpath, listed.stdout.split())
        for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page))
        if not re.match(r"\w+:", link)
    ]
    dead = [f"{page.name}: {link}" for page, link in links if not leads_somewhere(page, link)]
    assert not dead


def leads_somewhere(page: Path, link: str) -> bool:
    """Tell whether a link's file is there, and its heading."""
    path, _, heading = link.partition("#")
    target = page.parent / path if path else page
    if not heading:
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", text_of(target), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
    return heading in slugs
