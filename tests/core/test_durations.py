"""Are durations read as people write them?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traybot.core.durations import format_duration, parse_duration

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("50ms", 0.05), ("2s", 2.0), ("5m", 300.0), ("1.5h", 5400.0), (" 2 s ", 2.0), ("0s", 0.0)],
)
def test_a_duration_is_a_number_with_its_unit(text: str, seconds: float) -> None:
    """Milliseconds to hours; spaces do not matter."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "s", "2 sec", "-2s", "1,5h", "2s 3ms", "1e3s", "2d"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    """A number without a unit could mean anything."""
    with pytest.raises(ValueError, match=f'"{text}" is not a duration such as "50ms"'):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0ms"), (0.05, "50ms"), (1.0, "1s"), (90.0, "1.5m"), (600.0, "10m"), (5400.0, "1.5h")],
)
def test_a_duration_is_written_in_its_largest_unit(seconds: float, text: str) -> None:
    """As a person would say it."""
    assert format_duration(seconds) == text


@given(st.floats(0.001, 1e6))
def test_what_is_written_is_read_alike(seconds: float) -> None:
    """Within the six digits that are written."""
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, rel=1e-4)
