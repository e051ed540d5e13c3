"""Do a child and the daemon agree on what its exit code means?"""

import pytest

from traybot.core.exits import CODES, Ending, Exit, code_of, exit_of

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize("ending", [Ending.DONE, Ending.LEFT, Ending.INVALID, Ending.ENVIRONMENT])
def test_what_a_child_says_by_its_code_is_understood(ending: Ending) -> None:
    """Code and meaning belong together both ways."""
    assert exit_of(code_of(ending)).ending is ending


@pytest.mark.parametrize("code", [1, 2, 99, 255])
def test_an_unknown_code_is_a_crash(code: int) -> None:
    """Nobody chose it, so something broke; the code is told."""
    assert exit_of(code) == Exit(Ending.CRASHED, f"exit code {code}")


def test_a_signal_is_named() -> None:
    """A life that was killed did not choose its end."""
    assert exit_of(-9) == Exit(Ending.KILLED, "killed by signal 9")


def test_no_two_endings_share_a_code() -> None:
    """Else one of them could never be told."""
    assert len(set(CODES.values())) == len(CODES)


@pytest.mark.parametrize(
    ("ending", "crash"),
    [
        (Ending.DONE, False),
        (Ending.LEFT, False),
        (Ending.CRASHED, True),
        (Ending.INVALID, True),
        (Ending.ENVIRONMENT, True),
        (Ending.KILLED, True),
    ],
)
def test_who_left_by_itself_did_not_crash(ending: Ending, crash: bool) -> None:  # noqa: FBT001
    """Everything else counts as a failure."""
    assert Exit(ending).crash is crash
