"""The films to find shots in: put together here, or annotated by people."""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path

from tests.media import REAL_VIDEOS
from tests.shot_films.compose import THEMES, Truth, compose, write_film
from tests.shot_films.material import TUNING_FILMS, pieces

SEEDS = {"tuning": range(1, 8), "held-out": range(101, 103)}
# More films of what looks like a cut and is none: the other themes show few of each.
MORE_SEEDS = {("tuning", "moves"): range(21, 31)}
CRF = (20, 24, 30)
# Cut out of films of the tuning half. The promo mixes both halves and is used for neither fit.
DERIVED_TUNING = ("derived_odd_427x241.webm", "derived_portrait_hevc10_rot.mov")
# Transitions that the annotator did not write down, seen on contact sheets.
ALSO_GRADUAL = {
    "nasa_13013_multistream.mp4": [["dissolve", 152, 180]],
    "rotate90_buck_bunny.mp4": [["fade_in", 0, 44]],
}


@dataclass(frozen=True)
class Film:
    """A file whose truth is known. tuning: whether weights may be fitted on it."""

    name: str
    theme: str
    path: Path
    truth: Truth
    tuning: bool


def composed(half, folder, themes=tuple(THEMES), seeds=None):
    """Films of one half of the material, written to a folder one by one."""
    material = pieces(half)
    for theme in themes:
        for seed in seeds or MORE_SEEDS.get((half, theme), SEEDS[half]):
            pictures, truth = compose(theme, material, [seed, zlib.crc32(theme.encode())])
            path = write_film(
                Path(folder) / f"{half}-{theme}-{seed}.mp4", pictures, crf=CRF[seed % len(CRF)]
            )
            yield Film(path.stem, theme, path, truth, half == "tuning")


def write_composed(half, folder):
    """All composed films of a half into a folder; their truth beside them. How many there are."""
    films = list(composed(half, folder))
    for film in films:
        film.truth.save(film.path.with_suffix(".json"))
    return len(films)


def read_composed(half, folder):
    """The films that `write_composed` wrote."""
    for theme in THEMES:
        for path in sorted(Path(folder).glob(f"{half}-{theme}-*.mp4")):
            truth = Truth(**json.loads(path.with_suffix(".json").read_text()))
            yield Film(path.stem, theme, path, truth, half == "tuning")


def annotated():
    """The films that people marked, where they lie beside the project."""
    marked = REAL_VIDEOS / "ground_truth.json"
    if not marked.exists():
        return
    for name, facts in json.loads(marked.read_text()).items():
        truth = annotated_truth(name, facts)
        if truth is not None and (REAL_VIDEOS / name).exists():
            tuning = name in TUNING_FILMS or name in DERIVED_TUNING
            yield Film(name, "annotated", REAL_VIDEOS / name, truth, tuning)


def annotated_truth(name, facts):
    """The marks of a film in our form; None where nobody marked its cuts."""
    if not isinstance(facts, dict) or not {"hard", "hard_v1"} & set(facts):
        return None
    # Of two streams we watch the default one, which is v:1 where it is named.
    cuts = facts.get("hard_v1") or [*facts["hard"], *facts.get("hard_title_cards", [])]
    gradual = [[g["type"], g["start_frame"], g["end_frame"]] for g in facts.get("gradual", [])]
    gradual += [list(each) for each in facts.get("gradual_approx", [])]
    traps = [
        [what.removesuffix("_not_cuts"), start, end]
        for what, spans in facts.get("traps", {}).items()
        for start, end in spans
    ]
    traps += [["flashes", frame, frame + 1] for frame in facts.get("flash_frames_not_cuts", [])]
    return Truth(sorted(cuts), gradual + ALSO_GRADUAL.get(name, []), traps)
