"""How is the command carried out that shows a page of help?"""

import argparse

from traybot.cli import layout


def help(words: list[str]) -> int:  # noqa: A001  the command's own name
    """Print a command's page, or the overview."""
    from traybot.cli.parser import make_parser

    parser = make_parser()
    for word in words:
        known = _below(parser)
        if word not in known:
            parser.error(layout.unknown(word, known))
        parser = known[word]
    parser.print_help()
    return 0


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Give the commands that may follow, by name."""
    for action in parser._actions:  # noqa: SLF001  argparse has no other way to list them
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  as above
            return dict(action.choices)
    return {}
