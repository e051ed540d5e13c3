"""How fast is traybot on this machine? Pictures, searches, and a death, as a table or a drawing."""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traybot import __version__
from traybot.errors import CaptureError, TraybotError
from traybot.text import _, in_english

if TYPE_CHECKING:
    from traybot.cli.bench_death import Deaths
    from traybot.cli.bench_seeing import Cost

#: How often a picture is taken, and how often the bot dies.
_PICTURES, _DEATHS = 60, 40
_SCREEN = "1920x1080x24"


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything that was measured."""

    costs: tuple["Cost", ...]
    #: None where it cannot be measured, and why.
    deaths: "Deaths | None"
    why: str = ""


def bench(*, no_display: bool, plot: str | None, as_json: bool) -> int:
    """Measure and tell; takes about half a minute."""
    if plot and not Path(plot).absolute().parent.is_dir():
        what = _("cannot write {plot}: there is no such folder").format(plot=plot)
        raise TraybotError(what, _("make it, or name another place"))
    with _screen(own=no_display):
        try:
            found = _measure()
        except CaptureError as error:
            raise TraybotError(error.what, _("run it on a screen, or with --no-display")) from error
    if plot:
        _draw(found, Path(plot))
    print(json.dumps(in_english(_document(found))) if as_json else _table(found))
    return 0


@contextmanager
def _screen(*, own: bool) -> Iterator[None]:
    """Use the user's screen, or an invisible one made for this."""
    if not own:
        yield
        return
    from traybot.demo.stage import end_screen, start_screen

    before = {name: os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY")}
    screen, number = start_screen(_SCREEN)
    from Xlib.display import Display  # there is none where there is no such screen

    try:
        for name in before:
            os.environ.pop(name, None)
        os.environ["DISPLAY"] = f":{number}"
        with closing(Display(f":{number}")):  # it leaves after its last client
            yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        end_screen(screen)


def _measure() -> _Found:
    import cv2

    from traybot.cli import bench_death, bench_seeing

    cv2.setNumThreads(1)  # as in every process of a bot
    costs = (*bench_seeing.captures(_PICTURES), *bench_seeing.searches())
    try:
        return _Found(costs, bench_death.deaths(_DEATHS))
    except TraybotError as error:
        return _Found(costs, None, str(error))


def _rows(found: _Found) -> list["Cost"]:
    from traybot.cli.bench_seeing import Cost

    if found.deaths is None:
        return list(found.costs)
    return [*found.costs, Cost(_("a death on the screen, to the routine gone"), found.deaths.times)]


def _table(found: _Found) -> str:
    lines = [f"{'':46}{_('median, 99 %, in milliseconds')}"]
    for row in _rows(found):
        line = f"{row.what:46}{row.quantile(0.5):9.3f}{row.quantile(0.99):10.3f}"
        if row.plain:
            line += "   " + _beside(row)
        lines.append(line)
    if found.deaths is None:
        lines.append(found.why)
    else:
        share = f"{found.deaths.share * 100:.1f} %"
        lines.append(
            _("a deathwatch on a still screen takes {share} of a core").format(share=share)
        )
    return "\n".join(lines)


def _beside(row: "Cost") -> str:
    ratio = _median(row.plain) / max(row.quantile(0.5), 1e-6)
    told = _("{ratio:.0f} times as fast as a plain search, {right} of {count} right")
    return told.format(ratio=ratio, right=row.right, count=len(row.times))


def _median(times: tuple[float, ...]) -> float:
    return sorted(times)[len(times) // 2]


def _document(found: _Found) -> dict[str, Any]:
    import cv2

    rows = []
    for row in _rows(found):
        one: dict[str, Any] = {"what": row.what, "n": len(row.times)}
        one |= {"p50_ms": round(row.quantile(0.5), 4), "p99_ms": round(row.quantile(0.99), 4)}
        if row.plain:
            one |= {"plain_ms": round(_median(row.plain), 4), "right": row.right}
        rows.append(one)
    document: dict[str, Any] = {"traybot": __version__, "opencv": cv2.__version__}
    document |= {"python": platform.python_version(), "cpus": os.cpu_count(), "rows": rows}
    if found.deaths is None:
        return document | {"why": found.why}
    return document | {"watcher_share": round(found.deaths.share, 4)}


def _draw(found: _Found, out: Path) -> None:
    from traybot.vision.plot import OTHERS, OURS, Axis, Bar, bars, save

    drawn = []
    for row in _rows(found):
        drawn.append(Bar(row.what, row.quantile(0.5), f"{row.quantile(0.5):.3g} ms", OURS))
        if row.plain:
            plain = _median(row.plain)
            drawn.append(Bar(_("plain search"), plain, f"{plain:.3g} ms", OTHERS))
    axis = Axis(_("milliseconds, median"), 0.01, 1000.0, log=True)
    try:
        save(bars(f"traybot {__version__}", axis, drawn), out)
    except (OSError, ValueError) as error:  # ValueError: an ending that no format has
        what = _("cannot write {plot}: {why}").format(plot=out, why=error)
        raise TraybotError(what, _("name a .png in a folder that can be written to")) from error
