"""Finding shots: ours beside PySceneDetect and ffmpeg's scdet, frame-exact.

On the films that people annotated, and on composed films of the held-out half of the material: cuts
between flashes, strobes, pans, changes of light, dissolves, fades and title cards. Nothing was tuned
on that half.
"""

import re
import tempfile

import imageio_ffmpeg

from media_assets.analysis.reading import describe
from media_assets.analysis.watch import watch
from tests.benchmarks.cost import cost_of, cost_of_command
from tests.benchmarks.table import Row
from tests.shot_films.compose import THEMES
from tests.shot_films.films import annotated, read_composed, write_composed
from tests.shot_films.material import HELD_OUT_FILMS
from tests.shot_films.scoring import FADES, Score, score_cuts, scored

TITLE = "Shots"
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error"]
# The four real films on which the peers were measured before (reference, 43 cuts).
FOUR = ("tears_of_steel_battle", "sintel_trailer", "bikes", "nasa_13013")


def rows():
    """The figures; those of the annotated films only where they lie beside the project."""
    return annotated_rows() + composed_rows()


def annotated_rows():
    """Per film, then together: those measured before, all, and those never tuned on."""
    films = [(film, seen(film)) for film in annotated()]
    if not films:
        return []
    found = [_row(f"annotated: {film.name}", counted) for film, counted in films]
    for what, chosen in {
        "four real films": [c for film, c in films if film.name.startswith(FOUR)],
        "all annotated films": [c for _, c in films],
        "annotated, never tuned on": [c for film, c in films if film.name in HELD_OUT_FILMS],
    }.items():
        found.append(_row(what, _sum(chosen)))
    return found + gradual_rows("annotated", _sum([c for _, c in films])["ours"])


def composed_rows():
    """Per theme, together, per trap, and the gradual ones."""
    themes = {theme: [] for theme in THEMES}
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-shots-") as folder:
        # In a process of its own: what is forked after threads of a codec ran here would hang.
        cost_of(lambda: write_composed("held-out", folder))
        for film in read_composed("held-out", folder):
            themes[film.theme].append(seen(film))
    found = [_row(f"composed: {theme}", _sum(each)) for theme, each in themes.items()]
    whole = _sum([each for several in themes.values() for each in several])
    found.append(_row("composed: all", whole))
    return found + trap_rows(whole) + gradual_rows("composed", whole["ours"])


def seen(film):
    """{detector: Score} of one film, each in a process of its own."""
    ours = cost_of(lambda: [_told(change) for change in watch(film.path).changes])[1]
    return {
        "ours": scored([_Told(*change) for change in ours], film.truth),
        "content": score_cuts(scenedetect_cuts(film.path, "ContentDetector"), film.truth),
        "adaptive": score_cuts(scenedetect_cuts(film.path, "AdaptiveDetector"), film.truth),
        "scdet": score_cuts(scdet_cuts(film.path), film.truth),
    }


class _Told:
    """A change as it comes back from another process."""

    def __init__(self, frame, kind, start, end):
        self.frame, self.kind, self.start, self.end = frame, kind, start, end


def _told(change):
    return change.frame, change.kind, change.start, change.end


def scenedetect_cuts(path, detector):
    """First frames of the scenes that PySceneDetect finds at its defaults, the first scene's left out."""

    def find():
        import scenedetect

        scenes = scenedetect.detect(str(path), getattr(scenedetect, detector)())
        return [begin.frame_num for begin, _ in scenes[1:]]

    return cost_of(find)[1]


def scdet_cuts(path):
    """What ffmpeg's scdet finds at its usual threshold, in the stream that we watch too."""
    _, said = cost_of_command(
        [
            *FFMPEG,
            *("-i", path, "-map", f"0:{describe(path).video_index}", "-fps_mode", "passthrough"),
            *("-vf", "scale=320:-2,scdet=t=10,metadata=print:key=lavfi.scd.time:file=-"),
            *("-f", "null", "-"),
        ]
    )
    return [int(number) for number in re.findall(r"^frame:(\d+)", said, re.MULTILINE)]


def _sum(several):
    return {
        name: sum((each[name] for each in several), Score())
        for name in ("ours", "content", "adaptive", "scdet")
    }


def _row(what, counted):
    ours = counted["ours"]
    peers = {name: score for name, score in counted.items() if name != "ours"}
    said = ", ".join(f"{name} {score.f1:.1f}" for name, score in peers.items())
    best = max(score.f1 for score in peers.values())
    return Row(f"{what}, {ours.hits + ours.missed} cuts", str(ours), said, f"{ours.f1 - best:+.1f}")


def trap_rows(counted):
    """How often something that is no cut was taken for one (each false cut counts)."""
    traps = counted["ours"].traps
    return [
        Row(
            f"trap: {what}, {count} of them",
            f"{counted['ours'].trapped[what]} false cuts",
            ", ".join(
                f"{name} {counted[name].trapped[what]}" for name in ("content", "adaptive", "scdet")
            ),
            "",
        )
        for what, count in sorted(traps.items())
    ]


def gradual_rows(where, ours):
    """Recall of gradual transitions by kind. The peers name none."""
    kinds = {
        "dissolves": [kind for kind in ours.there if kind.startswith("dissolve")],
        "fades": [kind for kind in ours.there if kind in FADES or kind == "title_fade_out"],
    }
    found = []
    for what, chosen in kinds.items():
        there, hit, typed = (
            sum(counter[kind] for kind in chosen)
            for counter in (ours.there, ours.gradual, ours.typed)
        )
        if there:
            said = f"{hit} found ({100 * hit / there:.0f} %), {typed} as exactly that kind"
            found.append(Row(f"{where}: {there} {what}", said, "peers: no such kind", ""))
    hit = sum(ours.gradual.values())
    overlap = ours.overlap / hit if hit else 0.0
    said = f"{ours.gradual_false} false beside {hit} found; frames in common {overlap:.2f}"
    return [*found, Row(f"{where}: gradual spans", said, "", "")]
