"""What the tests of faults share."""

from collections.abc import Iterator

import pytest

from tests.desktop import Desktop
from tests.running import x_keys
from traybot.system.x11_input import X11Injector


@pytest.fixture
def keys(desktop: Desktop) -> Iterator[X11Injector]:
    """What the X server itself says is held."""
    with x_keys() as keys:
        yield keys
