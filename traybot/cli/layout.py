"""How is a page of help laid out? Commands in groups, sentences, examples, exit codes."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from traybot.cli.page import CODES, Page
from traybot.cli.pages import FIRST_STEPS, GROUPS
from traybot.text import _

_WIDTH = 78
_COLUMN = 28


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Leaves our paragraphs alone, and room beside the longest option."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=_COLUMN, width=_WIDTH)


class Parser(argparse.ArgumentParser):
    """A reader of the command line whose mistakes are one line, with where to learn more.

    Its page is laid out when somebody wants to read it, not at each command.
    """

    #: What its help says; None: it has no more than its options.
    page: Page | None = None
    #: Says what of the words given does not go together, "" if all does.
    check: Callable[[argparse.Namespace], str] | None = None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401  as its base
        """Read the words, and look whether they go together."""
        given, rest = super().parse_known_args(args, namespace)
        if self.check is not None and (wrong := self.check(given)):
            self.error(wrong)
        return given, rest

    def format_help(self) -> str:
        """Lay the page out."""
        if self.page is not None:
            self.description, self.epilog = _described(self.page), _appendix(self.page)
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and which page helps; exit code 2."""
        see = _("see: {command}").format(command=f"{self.prog} --help")
        self.exit(2, f"traybot: {message} ({see})\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401  as its base
        """Offer the nearest word in place of all there are."""
        if action.choices is not None and value not in action.choices:
            raise argparse.ArgumentError(None, unknown(str(value), action.choices))


class Overview(Parser):
    """The reader of the first word."""

    def format_help(self) -> str:
        """Lay out all commands."""
        self.epilog = _overview()
        return super().format_help()


def unknown(word: str, known: Iterable[str]) -> str:
    """Say that there is no such word, and which was meant."""
    from traybot.core.options import nearest

    return _('unknown word "{word}", {nearest}').format(word=word, nearest=nearest(word, known))


def _overview() -> str:
    """Give what `traybot --help` says below its first lines."""
    parts = [_table(_(heading), _does(pages)) for heading, pages in GROUPS]
    parts.append(_table(_("first steps"), FIRST_STEPS))
    parts.append(_table(_("exit codes"), ((str(code), means) for code, means in CODES.items())))
    parts.append(_("A command's own page: traybot help COMMAND"))
    return "\n\n".join(parts)


def _described(page: Page) -> str:
    """Give a command's sentences."""
    import textwrap

    first = _(page.does)
    texts = (first[:1].upper() + first[1:] + ".", _(page.more))
    return "\n\n".join(textwrap.fill(text, _WIDTH) for text in texts if text)


def _appendix(page: Page) -> str:
    """Give a command's examples and exit codes."""
    codes = {0: CODES[0], 2: CODES[2]} | {code: CODES[code] for code in page.codes}
    codes |= page.own_codes
    rows = ((str(code), codes[code]) for code in sorted(codes))
    return "\n\n".join([_table(_("examples"), page.examples), _table(_("exit codes"), rows)])


def _does(pages: dict[str, Page]) -> list[tuple[str, str]]:
    return [(name, page.does) for name, page in pages.items()]


def _table(heading: str, rows: Any) -> str:  # noqa: ANN401  pairs, in whatever holds them
    lines = [f"{heading}:"]
    for left, said in rows:
        right = _(said)
        if len(left) > _COLUMN - 4:
            lines += [f"  {left}", f"{'':{_COLUMN}}{right}"] if right else [f"  {left}"]
        else:
            lines.append(f"  {left:{_COLUMN - 2}}{right}".rstrip())
    return "\n".join(lines)
