"""Weights of shot detection, fitted on the tuning half only; docs/media/shots.md says which that is.

Logistic regression with a little shrinkage; what the numbers mean is said where the evidence is.
"""

from media_assets.analysis.cuts import CutWeights
from media_assets.analysis.transitions import TransitionWeights

CUT_WEIGHTS = CutWeights(
    begin=-3.337,
    likeness=-9.911,
    far_likeness=-6.389,
    correlation=-2.931,
    calmer=6.379,
    spread=3.966,
    histogram_jump=2.352,
    step=1.450,
    plain=-12.234,
    abrupt=7.919,
    scaled_likeness=-10.466,
    pursuit=-4.652,
    staying=-2.981,
)
TRANSITION_WEIGHTS = TransitionWeights(
    begin=-10.664,
    uneven=3.916,
    plain_uneven=0.828,
    agreement=-1.038,
    smooth_agreement=9.086,
    least_agreement=3.173,
    swung_likeness=-4.491,
    correlation=-1.257,
    apart=-0.127,
    dip=-4.069,
    length=1.361,
    wilder_likeness=-3.809,
    calmer_likeness=3.722,
    calmer_correlation=1.517,
)
