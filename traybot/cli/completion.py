"""How does a shell know our words? Scripts made from the parser itself."""

import argparse

#: Completed with the names of the bots there are.
_BOTS = "$(traybot bots --names 2>/dev/null)"


def completion(shell: str) -> int:
    """Print the script for a shell."""
    from traybot.cli.parser import make_parser

    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](_commands(make_parser())))
    return 0


class _Words:
    """What may follow one command."""

    def __init__(self, name: str, does: str, parser: argparse.ArgumentParser) -> None:
        self.name, self.does = name, does.replace("'", "").replace(":", ",")
        actions = parser._actions  # noqa: SLF001  argparse has no other way to list them
        self.words = [word for one in actions for word in one.option_strings if word[:2] == "--"]
        self.words += [str(word) for one in actions for word in one.choices or ()]
        self.bots = any(one.dest == "bot" for one in actions) and name != "new"


def _commands(parser: argparse.ArgumentParser) -> list[_Words]:
    (table,) = (
        one
        for one in parser._actions  # noqa: SLF001  as above
        if isinstance(one, argparse._SubParsersAction)  # noqa: SLF001
    )
    helps = {str(one.dest): one.help or "" for one in table._choices_actions}  # noqa: SLF001
    return [_Words(name, helps.get(name, ""), one) for name, one in table.choices.items()]


def _cases(commands: list[_Words]) -> str:
    return "\n".join(
        f'    {one.name}) found="{" ".join(one.words)}{" " + _BOTS if one.bots else ""}" ;;'
        for one in commands
    )


def _bash(commands: list[_Words]) -> str:
    return f"""\
_traybot() {{
  local found=""
  if [ "$COMP_CWORD" -eq 1 ]; then found="{" ".join(one.name for one in commands)}"
  else case ${{COMP_WORDS[1]}} in
{_cases(commands)}
  esac; fi
  COMPREPLY=($(compgen -W "$found" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _traybot traybot"""


def _zsh(commands: list[_Words]) -> str:
    described = "\n".join(f"    '{one.name}:{one.does}'" for one in commands)
    return f"""\
#compdef traybot
_traybot() {{
  local found
  local -a described
  described=(
{described}
  )
  if (( CURRENT == 2 )); then _describe command described; return; fi
  case $words[2] in
{_cases(commands)}
  esac
  compadd -- ${{=found}} || _files
}}
compdef _traybot traybot"""


def _fish(commands: list[_Words]) -> str:
    lines = []
    for one in commands:
        lines.append(f"complete -c traybot -n __fish_use_subcommand -a {one.name} -d '{one.does}'")
        seen = f"complete -c traybot -n '__fish_seen_subcommand_from {one.name}'"
        lines += [
            f"{seen} -l {word[2:]}" if word[:2] == "--" else f"{seen} -a {word}"
            for word in one.words
        ]
        if one.bots:
            lines.append(f"{seen} -a '(traybot bots --names 2>/dev/null)'")
    return "\n".join(lines)
