"""`python -m tests.shot_films.fit`: fit the weights of shot detection on the tuning half, and print them.

Takes about half an hour. The held-out half is never looked at. Prints also how well the cuts of the
tuning half are told when the film they are in is left out of the fit.
"""

import os
import tempfile
from dataclasses import astuple, fields

import numpy as np

OVERLAP = (
    0.5  # of found and true span, from which a candidate is a transition; below NEAR it is none
)
NEAR = 0.1
INSIDE = 0.8  # of a candidate that must lie in a fade through a plain picture: it is half of it


def main():
    """Measure, fit, print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from media_assets.analysis.cuts import CutEvidence
    from media_assets.analysis.shots import RULE
    from media_assets.analysis.transitions import TransitionEvidence
    from tests.shot_films.films import annotated, composed

    cuts, spans, films = [], [], []
    with tempfile.TemporaryDirectory(prefix="stakazo-fit-") as folder:
        for film in [*composed("tuning", folder), *annotated()]:
            if film.tuning:
                films.append(film.name)
                measured = measure(film)
                cuts += [(film.name, *each) for each in measured[0]]
                spans += [(film.name, *each) for each in measured[1]]
    told = np.array([name for name, _, _ in cuts]), *table(cuts)
    print_weights("CUT_WEIGHTS = CutWeights(", CutEvidence, fit(*told[1:]))
    print_weights("TRANSITION_WEIGHTS = TransitionWeights(", TransitionEvidence, fit(*table(spans)))
    print(left_out(*told, RULE.cuts.least_probability))  # noqa: T201


def measure(film):
    """([(evidence at a candidate, whether it is a cut)], [(evidence on a span, whether it is gradual)])."""
    from media_assets.analysis.cuts import candidates, evidence_at
    from media_assets.analysis.shots import RULE, steady_rate
    from media_assets.analysis.transitions import measured
    from tests.shot_films.signals import signals_of

    frames, strip = signals_of(film.path)
    truth, wipes = film.truth, [g for g in film.truth.gradual if g[0] == "wipe"]
    columns = frames["at_us"], frames["difference"], frames["histogram"]
    cuts = [
        (evidence_at(frame, *columns, strip, RULE.cuts), frame in truth.cuts)
        for frame in candidates(*columns[1:], RULE.cuts)
        if not any(start <= frame <= end for _, start, end in wipes)
    ]
    rate, spans = steady_rate(columns[0]), []
    for span, seen in measured(strip, rate, truth.cuts, RULE.transitions):
        agreement = max((agrees(span, *known) for known in truth.gradual), default=0.0)
        if agreement >= OVERLAP or agreement < NEAR:
            spans.append((seen, agreement >= OVERLAP))
    return cuts, spans


def agrees(span, kind, start, end):
    """How far a candidate is what somebody knows to be there, 0–1."""
    both = max(0, min(span.end, end) - max(span.start, start))
    if kind == "wipe":
        return (OVERLAP + NEAR) / 2 if both else 0.0
    if kind.startswith("fade_through"):
        both = min(span.end, end + 2) - max(span.start, start - 2)
        return float(span.kind != "dissolve" and both >= INSIDE * (span.end - span.start))
    return both / ((span.end - span.start) + (end - start) - both)


def table(rows):
    """(evidence as a matrix, 1.0 for what is true)."""
    return np.array([astuple(row[1]) for row in rows]), np.array([float(row[2]) for row in rows])


def fit(evidence, true, *, shrink=1.0):
    """Weights of a logistic regression, the intercept first. Newton's method; shrink: L2 penalty."""
    mean, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-6
    scaled = np.column_stack([np.ones(len(evidence)), (evidence - mean) / spread])
    weights, penalty = np.zeros(scaled.shape[1]), np.eye(scaled.shape[1]) * shrink
    penalty[0, 0] = 1e-3
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ weights, -30, 30)))
        slope = scaled.T @ (true - chance) - penalty @ weights
        bend = (scaled.T * np.maximum(chance * (1 - chance), 1e-6)) @ scaled + penalty
        step = np.linalg.solve(bend, slope)
        weights += step * min(1.0, 3 / max(1e-9, float(np.abs(step).max())))
    plain = weights[1:] / spread
    return np.array([weights[0] - float(plain @ mean), *plain])


def left_out(film, evidence, true, least):
    """How many cuts are told wrongly when their film took no part in the fit."""
    right = false = missed = 0
    for name in np.unique(film):
        here = film == name
        weights = fit(evidence[~here], true[~here])
        total = np.clip(weights[0] + evidence[here] @ weights[1:], -30, 30)
        found = 1 / (1 + np.exp(-total)) >= least
        right += int((found & (true[here] > 0)).sum())
        false += int((found & (true[here] < 1)).sum())
        missed += int((~found & (true[here] > 0)).sum())
    f1 = 200 * right / (2 * right + false + missed)
    return (
        f"one film left out at a time: F1 {f1:.2f} ({right} right, {false} false, {missed} missed)"
    )


def print_weights(head, evidence, weights):
    """As they stand in media_assets/analysis/weights.py."""
    names = ["begin", *(each.name for each in fields(evidence))]
    lines = [f"    {name}={weight:.3f}," for name, weight in zip(names, weights, strict=True)]
    print("\n".join([head, *lines, ")"]))  # noqa: T201


if __name__ == "__main__":
    main()
