"""Which words does argparse itself say? Named for the catalogue, where it looks them up."""

from traybot.text import later

WORDS = (
    later("usage: "),
    later("positional arguments"),
    later("options"),
    later("show this help message and exit"),
    later("argument %(argument_name)s: %(message)s"),
    later("ambiguous option: %(option)s could match %(matches)s"),
    later("expected one argument"),
    later("expected at least one argument"),
    later("expected at most one argument"),
    later("ignored explicit argument %r"),
    later("invalid %(type)s value: %(value)r"),
    later("the following arguments are required: %s"),
    later("unrecognized arguments: %s"),
)
