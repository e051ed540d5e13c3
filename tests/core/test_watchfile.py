"""Is every mistake in a `[[watch]]` found, whatever the kind of watch?"""

import pytest

from tests.core.files import LEAST, sound, told, watch
from traybot.core.watchfile import IS, KINDS, NEEDS, ROWS, TAKES

pytestmark = pytest.mark.anywhere


def test_two_watches_of_one_name_are_told() -> None:
    """A verdict names its watch: the name must be one's own."""
    text = watch("image") + '[[watch]]\nsee = "b.png"\nname = "w"\n'
    assert told(text) == ['10: name: "w" is used twice (give each watch its own name)']


def test_each_kind_reads_with_what_it_needs() -> None:
    """And nothing more is asked of it."""
    for kind in KINDS:
        assert sound(watch(kind)).watches[0].kind == kind


@pytest.mark.parametrize("kind", sorted(NEEDS))
def test_each_kind_says_what_it_lacks(kind: str) -> None:
    """Without it the watch has no meaning."""
    text = f'{LEAST}[[watch]]\nname = "w"\nkind = "{kind}"\n'
    assert told(text) == [f'5: a {kind} watch needs "{key}" (add {key} = …)' for key in NEEDS[kind]]


@pytest.mark.parametrize("pictures", ["", 'see = "a.png"\nany = ["b.png"]'])
def test_an_image_watch_has_one_way_to_name_its_pictures(pictures: str) -> None:
    """None is too few, two are too many."""
    (only,) = told(f'{LEAST}[[watch]]\nname = "w"\n{pictures}\n')
    assert 'an image watch needs one of see, any and all (add see = "' in only


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_refuses_what_means_nothing_to_it(kind: str) -> None:
    """An option that would be passed over in silence is a mistake; the remedy lists the others."""
    alien = "min_matches" if kind != "feature" else "share"
    (only,) = told(watch(kind, f"{alien} = 0.5" if alien == "share" else f"{alien} = 5"))
    known = ", ".join(sorted(TAKES[kind]))
    assert only == f'7: a {kind} watch has no option "{alien}" (it takes {known})'


@pytest.mark.parametrize(("kind", "words"), IS.items())
def test_what_a_process_or_window_may_be(kind: str, words: tuple[str, ...]) -> None:
    """Each kind has words of its own."""
    for word in words:
        assert sound(watch(kind, f'is = "{word}"')).watches[0].is_ == word
    (only,) = told(watch(kind, 'is = "lost"'))
    assert only.startswith(f'7: is: must be one of {", ".join(words)}, not "lost"')


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("region = [0, 0, 640]", "region: must be [x, y, width, height] in whole pixels, not [0"),
        ("region = [0, 0, 0, 5]", "region: must be a region with width and height above 0, not"),
        ("region = [0, 0, 1.5, 5]", "region: must be [x, y, width, height] in whole pixels"),
        ("region = [0, 0, true, 5]", "region: must be [x, y, width, height] in whole pixels"),
        ("region = [0, 0, 9999999, 5]", "region: must be [x, y, width, height] in whole pixels"),
        ("threshold = 1.5", "threshold: must be a number from 0.1 to 1, not 1.5"),
        ("threshold = nan", "threshold: must be a number from 0.1 to 1, not nan"),
        ("scales = []", "scales: must be a list of numbers such as [0.8, 1.25], not []"),
        ("scales = [0]", "scales: must be a number from 0.1 to 10, not 0"),
        ("every = 50", 'every: must be a duration from 1ms to 24h in quotes such as "50ms"'),
        ('every = "0ms"', "every: must be a duration from 1ms to 24h, not"),
        ("confirm = 0", "confirm: must be a whole number from 1 to 1000, not 0"),
        ('then = "die"', "then: must be one of stop, pause, restart, recover, notify, send, not"),
        ("absent = 1", "absent: must be true or false, not 1"),
        ("priority = 5000", "priority: must be a whole number from -1000 to 1000, not 5000"),
        ("confirmations = 2", 'unknown option "confirmations" (did you mean "confirm"?)'),
    ],
)
def test_a_wrong_option_of_a_watch_is_told(line: str, what: str) -> None:
    """At its own line, which is the second watch's, not the first's."""
    text = watch("image") + f'[[watch]]\nname = "v"\nsee = "b.png"\n{line}\n'
    (only,) = told(text)
    assert only.startswith(f"11: {what}")


@pytest.mark.parametrize("color", ['"red"', '"#c0202"', "3", '"#c02020ff"'])
def test_a_colour_is_written_in_one_way(color: str) -> None:
    """Six hexadecimal digits; a name of a colour would be anybody's guess."""
    (only,) = told(watch("color").replace('"#ff0000"', color))
    assert only.startswith('6: color: must be a colour such as "#c02020", not ')


def test_a_wrong_kind_is_one_mistake() -> None:
    """What its options should be is not guessed."""
    (only,) = told(f'{LEAST}[[watch]]\nname = "w"\nkind = "imge"\nafter = "2s"\n')
    assert only.startswith("5: kind: must be one of image, feature,")


def test_the_tables_of_kinds_name_known_options_only() -> None:
    """A slip in the tables would make an option that nobody can write."""
    rows = {row.name for row in ROWS}
    assert set(TAKES) == set(KINDS)
    assert set().union(*TAKES.values()) <= rows
    assert all(set(NEEDS[kind]) <= TAKES[kind] for kind in NEEDS)
