"""What schemathesis is told: ids that exist.

An id out of the air ends at 404, so three in four are those of real rows; FUZZ_IDS is a file of JSON that
says which: the start of a path → an id.
"""

import json
import os
import zlib
from pathlib import Path

import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
IDS = json.loads(Path(os.environ["FUZZ_IDS"]).read_text())


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Real ids for most."""
    place = context.operation.path
    given = str((path_parameters or {}).get("id", ""))
    if given and zlib.crc32(given.encode("utf-8", "surrogatepass")) % 4:
        for start, real in IDS.items():
            if place.startswith(start):
                return path_parameters | {"id": real}
    return path_parameters
