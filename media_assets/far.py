"""What we ask of a storage without paths, such as S3, beyond what Django's storages offer."""

from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage

from media_assets.errors import FileMissing

CHUNK_BYTES = 1024 * 1024


def chunks_of(name: str) -> Iterator[bytes]:
    """The bytes of a stored file, straight from the wire where the storage is S3. Raises FileMissing."""
    bucket = bucket_of_s3()
    if bucket is None:
        if not default_storage.exists(name):
            raise _missing(name)
        with default_storage.open(name, "rb") as source:
            yield from source.chunks(CHUNK_BYTES)
        return
    try:
        body = bucket.Object(key_of(name)).get()["Body"]
    except bucket.meta.client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            raise _missing(name) from error
        raise
    with body:
        yield from body.iter_chunks(CHUNK_BYTES)


def bucket_of_s3() -> Any:
    """The bucket that files are kept in, as boto3 knows it; None for another storage."""
    return getattr(default_storage, "bucket", None)


def key_of(name: str) -> str:
    """The name under which S3 knows one of our files."""
    storage: Any = default_storage
    return str(storage._normalize_name(name))


def parameters_of(name: str) -> dict[str, Any]:
    """What the settings say that each object is to be written with, such as its encryption."""
    storage: Any = default_storage
    return dict(storage.get_object_parameters(name))


def _missing(name: str) -> FileMissing:
    return FileMissing("The file is no longer in the storage.", name=name)
