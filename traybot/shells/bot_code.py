"""Are the code and the programs there that a bot names? Looked for only, nothing is run."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

from traybot.core.botfile import BotPlan
from traybot.core.options import nearest
from traybot.core.places import line_of
from traybot.errors import BotError
from traybot.text import _

#: What Python's parsers raise for a text of brackets in brackets in brackets.
TOO_DEEP = (RecursionError, MemoryError)

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def check_code(plan: BotPlan, file: Path, text: str) -> None:
    """Check that the named functions are there and can be called."""
    steps = "recovery" if len(plan.recovery) == 1 else "recovery.step"
    named = [("routine", plan.run, 0)]
    named += [(steps, rung.run, index) for index, rung in enumerate(plan.recovery)]
    for table, run, index in named:
        if run:
            where = f"{file.name}, line {line_of(text, table, 'run', index)}"
            _check_function(Path(plan.folder), run, where)


def check_commands(plan: BotPlan, file: Path, text: str) -> None:
    """Check that the programs are there; a name with a slash counts from the bot's folder."""
    for table, command in (("program", plan.program), ("routine", plan.command)):
        if not command:
            continue
        program = command[0]
        here = "/" in program or "\\" in program
        named = str(Path(plan.folder) / program) if here else program
        if shutil.which(named):
            continue
        what = _("cannot use {file}, line {line}: [{table}] command: no program {name}").format(
            file=file, line=line_of(text, table, "command"), table=table, name=named
        )
        if here and Path(named).is_file():
            remedy = _("make it executable, or name what runs it: {command}")
            raise BotError(what, remedy.format(command=f'["sh", "{program}"]'))
        raise BotError(what, _("install it, or correct its name"))


def _check_function(folder: Path, run: str, where: str) -> None:
    module, _colon, function = run.partition(":")
    code = folder / (module.replace(".", "/") + ".py")
    if not code.is_file():
        what = _("cannot find {code}, named in {where}").format(code=code, where=where)
        stem = module.removesuffix(".py")
        if stem != module and (folder / f"{stem.replace('.', '/')}.py").is_file():
            raise BotError(what, _("leave out .py: {run}").format(run=f'"{stem}:{function}"'))
        raise BotError(what, _("make the file or correct [routine] run"))
    tree = _parsed(code)
    names, all_known = _names(tree)
    if function not in names and all_known:
        what = _("cannot find a function {function} in {code}, named in {where}").format(
            function=function, code=code, where=where
        )
        near = nearest(function, names) if names else ""
        add = _("add: def {function}(bot): …").format(function=function)
        raise BotError(what, near if "?" in near else add)
    found = names.get(function)
    if found is not None and not found.decorator_list:
        _check_arguments(found, code)


def _parsed(code: Path) -> ast.Module:
    try:
        source = code.read_bytes()
        # The whole compiler finds more than the parser, such as a `return` outside a function.
        compile(source, str(code), "exec", dont_inherit=True)
        return ast.parse(source)
    except (SyntaxError, ValueError, OSError, *TOO_DEEP) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        at = _(", line {line}").format(line=line) if line else ""
        what = _("cannot use {code}{at}: {why}").format(code=code, at=at, why=why_not(error))
        raise BotError(what, _("mend the code")) from error


def _names(tree: ast.Module) -> tuple[dict[str, _Function | None], bool]:
    """Give the module's names, the plain functions among them, and whether these are all."""
    names: dict[str, _Function | None] = {}
    all_known = True
    for node in _at_the_top(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                # Of two the last one counts, unless a condition chooses: then nobody knows.
                names[name] = node if node in tree.body else None
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                names[name] = None
            case ast.alias(name="*"):
                all_known = False
            case ast.alias(name=name, asname=alias):
                names[alias or name.partition(".")[0]] = None
            case ast.Call():
                # `globals().update(…)`, `exec(…)`, `setattr(…)`: whatever they make is a name too.
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                all_known = all_known and called not in {"globals", "exec", "setattr", "vars"}
    known = all_known and "__getattr__" not in names
    return names, known


def _at_the_top(tree: ast.AST) -> Iterator[ast.AST]:
    """Give every part of a module but those inside functions and classes."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, _Function | ast.ClassDef | ast.Lambda):
            yield from _at_the_top(node)


def _check_arguments(function: _Function, code: Path) -> None:
    """Check that it can be called with the bot alone."""
    taken = function.args
    places = [*taken.posonlyargs, *taken.args]
    wanted = len(places) - len(taken.defaults)
    if (places or taken.vararg) and wanted <= 1 and None not in taken.kw_defaults:
        return
    what = _("cannot call {function} in {code}, line {line}, with the bot alone").format(
        function=function.name, code=code, line=function.lineno
    )
    raise BotError(what, _("write def {function}(bot):").format(function=function.name))


def why_not(error: BaseException) -> str:
    """Say why a text cannot be read."""
    return _("it is nested too deeply") if isinstance(error, TOO_DEEP) else str(error)
