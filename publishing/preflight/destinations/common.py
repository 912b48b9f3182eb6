"""Rules that destinations share in kind, with numbers of their own."""

from publishing.preflight.findings import Severity
from publishing.preflight.measures import kind_of_option
from publishing.preflight.schema import Rule

FILE = "clip_variant_id"
RENDER = "Render the clip in one of our formats."

READABLE = Rule(
    "readable",
    FILE,
    "trouble",
    takes="files",
    among=("",),
    limit="that can be read from end to end",
    cure="Render the clip anew.",
)
WHOLE = Rule(
    "whole",
    FILE,
    "tail_bytes",
    takes="files",
    most=0,
    unit="bytes behind the end",
    limit="that end where they say",
    cure=RENDER,
)
PROGRESSIVE = Rule(
    "scan", FILE, "scan", takes="pictures that are", among=("progressive",), cure=RENDER
)
WRITABLE = Rule(
    "text",
    "caption",
    "unwritable",
    takes="texts",
    among=(),
    limit="without broken signs",
    cure="Type the text anew.",
)


def container(*names: str) -> Rule:
    """The kinds of file."""
    return Rule("container", FILE, "container", takes="files of the kind", among=names, cure=RENDER)


def codec(*names: str) -> Rule:
    """What the picture may be coded with."""
    return Rule("codec", FILE, "video_codec", takes="pictures in", among=names, cure=RENDER)


def shortest(ms: int) -> Rule:
    """Until the last picture has been shown."""
    return Rule(
        "shortest",
        FILE,
        "duration_ms",
        takes="videos",
        least=ms,
        unit="ms",
        cure="Choose a longer clip.",
    )


def length(ms: int, *, measure: str = "whole_ms", cure: str = "Choose a shorter clip.") -> Rule:
    """Of the longest stream."""
    return Rule("length", FILE, measure, takes="videos", most=ms, unit="ms", cure=cure)


def size(most: int) -> Rule:
    """Of the file."""
    return Rule(
        "size",
        FILE,
        "size_bytes",
        takes="files",
        most=most,
        unit="bytes",
        cure="Choose a shorter clip, or a format with a lower rate.",
    )


def fps(least: float, most: float) -> Rule:
    """slack: 60 may be measured as 60.004, which is no reason to refuse."""
    return Rule(
        "fps",
        FILE,
        "fps",
        takes="videos",
        least=least,
        most=most,
        slack=0.01,
        unit="frames per second",
        cure="Render the clip with a frame rate in that range.",
    )


def privacy(*names: str) -> Rule:
    """Of those in the API."""
    return Rule(
        "privacy",
        "privacy",
        "privacy",
        takes="the privacy",
        among=names,
        cure="Choose one of those.",
    )


def options(**kinds: tuple[str, ...]) -> tuple[Rule, ...]:
    """Each option must be what the client takes; one that it does not read is worth a word."""
    found = [
        Rule(
            f"option {name}",
            f"options.{name}",
            kind_of_option(name),
            takes=f"for {name}",
            among=words,
            cure="Send it like that, or leave it out.",
        )
        for name, words in kinds.items()
    ]
    names = (*kinds, "destination")
    unread = Rule(
        "unread options",
        "options",
        "option_names",
        takes="the options",
        among=names,
        severity=Severity.WARNING,
        cure="It is not read: check its spelling, or leave it out.",
    )
    return (*found, unread)


def first_comment(most_chars: int) -> tuple[Rule, ...]:
    """What is said under the post once it is live."""
    field = "options.first_comment"
    return (
        Rule("first comment", field, "comment_chars", takes="comments", most=most_chars,
             unit="characters", cure="Shorten the first comment."),
        Rule("first comment signs", field, "comment_signs", takes="comments", among=(),
             limit="without broken signs", cure="Type the first comment anew."),
        Rule("first comment allowed", field, "comment_not_permitted", takes="comments",
             among=("",), limit="where the account's owner has allowed them",
             cure="Connect the account again and leave every permission ticked."),
    )  # fmt: skip


def destinations(*names: str) -> Rule:
    """What the option `destination` may say on this platform."""
    return Rule(
        "destination",
        "options.destination",
        "named_destination",
        takes="the destinations",
        among=names,
        cure="Choose one of those, or leave it out.",
    )
