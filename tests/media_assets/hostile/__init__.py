"""The hostile corpus: some 400 files that somebody might send us, made on the spot, always the same.

`corpus()` names them all without making one; `Hostile.make(lure)` gives the bytes. A lure is what a
file may try to reach: a sibling in the folder of uploads, a file by its full path, an address.
"""

from tests.media_assets.hostile import bombs, damage, disguise, odd
from tests.media_assets.hostile.kinds import Hostile, Lure

__all__ = ["Hostile", "Lure", "corpus"]


def corpus():
    """Every file, in a fixed order; names are unique."""
    files = [*damage.files(), *disguise.files(), *bombs.files(), *odd.files()]
    assert len({each.name for each in files}) == len(files)
    return files
