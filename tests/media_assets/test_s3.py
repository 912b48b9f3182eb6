"""The same on S3, against a server that speaks its protocol on loopback."""

import io
from datetime import timedelta

import boto3
import httpx
import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_job
from media_assets.errors import FileDamaged, FileMissing, PartsMissing
from media_assets.files import local_file, media_link, signed_url
from media_assets.models import Upload, VideoAsset
from media_assets.parts import parts_of
from media_assets.services.growing import grow, offset_of
from media_assets.services.ingest import ingest_path
from media_assets.services.orphans import sweep_orphans
from media_assets.services.upkeep import backfill_media
from media_assets.services.uploads import (
    abort_upload,
    finish_upload,
    put_part,
    start_upload,
    sweep_uploads,
)
from stakazo.core.errors import Conflict, StakazoError
from tests.factories import make_user
from tests.media import make_clip_file
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def s3_server():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server, settings, monkeypatch):
    """Files are kept on S3, in an empty bucket."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    keys = {"aws_access_key_id": "ada", "aws_secret_access_key": "secret"}
    s3 = boto3.resource("s3", endpoint_url=s3_server, region_name="eu-west-1", **keys)
    bucket = s3.create_bucket(
        Bucket="stakazo-media", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "stakazo-media",
                "endpoint_url": s3_server,
                "region_name": "eu-west-1",
                "access_key": "ada",
                "secret_key": "secret",
                "querystring_auth": True,
                "querystring_expire": 600,
                "file_overwrite": False,
                "default_acl": None,
                "max_memory_size": 16 * 1024 * 1024,
            },
        },
    }
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


def keys_of(bucket):
    return [each.key for each in bucket.objects.all()]


@pytest.fixture
def clip_file(tmp_path):
    return make_clip_file(tmp_path / "Harbour.mp4")


def test_a_video_comes_in_and_can_be_read_back(bucket, clip_file, tmp_path):
    video = ingest_path(clip_file).video
    assert keys_of(bucket) == [video.file.name]
    for _ in range(2):
        with local_file(video.file) as path:
            assert path.read_bytes() == clip_file.read_bytes()
        bucket.Object(video.file.name).delete()  # the second time it is here already
    assert path.is_relative_to(tmp_path / "fetched")
    assert not list((tmp_path / "work").iterdir())
    assert not (tmp_path / "media").exists()


def test_a_file_whose_hash_nobody_knows_is_a_copy_for_the_moment(bucket, clip_file):
    video = ingest_path(clip_file).video
    video.thumbnail.name = video.file.name
    with local_file(video.thumbnail) as path:
        copy = path
        assert path.read_bytes() == clip_file.read_bytes()
    assert not copy.exists()


def test_a_file_that_is_gone_is_missing_and_one_that_changed_is_damaged(bucket, clip_file):
    video = ingest_path(clip_file).video
    bucket.Object(video.file.name).put(Body=b"x" * video.size_bytes)
    with pytest.raises(FileDamaged), local_file(video.file):
        pass
    bucket.Object(video.file.name).delete()
    with pytest.raises(FileMissing), local_file(video.file):
        pass


def test_a_signed_link_is_presigned_and_works_for_anybody(bucket, clip_file, s3_server):
    url = signed_url(ingest_path(clip_file).video.file, lifetime_s=120)
    assert url.startswith(s3_server)
    assert "X-Amz-Expires=120" in url or "Expires=" in url
    assert httpx.get(url).content == clip_file.read_bytes()
    part = httpx.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, clip_file.read_bytes()[10:20])


def test_our_path_leads_there(bucket, clip_file, client):
    video = ingest_path(clip_file).video
    assert client.get(media_link(video.file)).status_code == 401
    client.force_login(make_user("ada"))
    answer = client.get(media_link(video.file))
    assert answer.status_code == 302
    assert httpx.get(answer["Location"]).content == clip_file.read_bytes()
    assert client.get("/media/videos/none.mp4").status_code == 404


def test_a_refused_video_leaves_nothing_there(bucket, tmp_path, monkeypatch, clip_file):
    bad = tmp_path / "bad.mp4"
    bad.write_text("no")
    with pytest.raises(StakazoError):
        ingest_path(bad)
    monkeypatch.setattr("media_assets.services.ingest.request_analysis", lambda video: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ingest_path(clip_file)
    assert keys_of(bucket) == []
    assert not VideoAsset.objects.exists()


def test_upkeep_sees_what_is_lost_there(bucket, clip_file):
    video = ingest_path(clip_file).video
    bucket.Object(video.file.name).delete()
    assert [each["entity"] for each in backfill_media()["missing_files"]] == [f"video {video.pk}"]
    assert ingest_path(clip_file).created is False
    assert keys_of(bucket) == [video.file.name]


def sent_to_s3(upload, data, *, but=()):
    """PUT each part to its presigned link, as a program does that knows nothing of us."""
    for number in upload.part_sizes:
        if number not in but:
            at = (number - 1) * upload.part_bytes
            piece = data[at : at + upload.part_bytes]
            assert (
                httpx.put(parts_of(upload).link(upload, number), content=piece).status_code == 200
            )


@pytest.fixture
def large(clip_file, settings):
    """A video of two parts: S3 takes none but the last below five megabytes."""
    settings.UPLOAD_PART_BYTES = 5 * 1024**2
    data = clip_file.read_bytes()
    size = 5 * 1024**2 + 1000 - len(data)
    return data + (8 + size).to_bytes(4) + b"free" + bytes(size)


@pytest.mark.django_db(transaction=True)  # its parts go after the commit
def test_a_video_goes_straight_to_s3_in_parts(bucket, large, tmp_path):
    upload = start_upload(size_bytes=len(large), filename="Harbour.mp4", content_type="text/html")
    assert (upload.place, len(upload.part_sizes)) == ("s3", 2)
    sent_to_s3(upload, large, but=[2])
    with pytest.raises(PartsMissing):
        finish_upload(upload)
    assert parts_of(upload).arrived(upload) == {1: 5 * 1024**2}
    sent_to_s3(upload, large, but=[1])
    job = run_job(finish_upload(upload).pk)
    upload.refresh_from_db()
    assert (job.status, upload.status) == ("completed", "done"), (job.error, upload.error)
    assert keys_of(bucket) == [upload.video.file.name]
    stored = bucket.Object(keys_of(bucket)[0]).get()
    assert (stored["Body"].read() == large, stored["ContentType"]) == (True, "video/mp4")
    assert not [each for each in (tmp_path / "work").rglob("*") if each.is_file()]


@pytest.mark.django_db(transaction=True)  # its parts go after the commit
def test_a_check_that_was_killed_after_s3_had_joined_the_parts_goes_on(bucket, large):
    upload = start_upload(size_bytes=len(large))
    sent_to_s3(upload, large)
    job = finish_upload(upload)
    assert b"".join(parts_of(upload).chunks(upload)) == large  # and then the worker died
    assert keys_of(bucket) == [f"incoming/{upload.pk}"]
    run_job(job.pk)
    upload.refresh_from_db()
    assert (upload.status, keys_of(bucket)) == ("done", [upload.video.file.name])


def test_an_upload_that_is_called_off_leaves_nothing_at_s3(bucket, large):
    upload = start_upload(size_bytes=len(large))
    sent_to_s3(upload, large, but=[2])
    abort_upload(upload)
    assert parts_of(upload).arrived(upload) == {}
    assert keys_of(bucket) == []


@pytest.mark.django_db(transaction=True)  # its parts go after the commit
def test_what_comes_by_tus_goes_on_to_s3_part_by_part(bucket, large, tmp_path):
    upload = start_upload(size_bytes=len(large))
    middle = 5 * 1024**2 + 100
    assert grow(upload, 0, io.BytesIO(large[:middle])) == middle
    assert parts_of(upload).arrived(upload) == {1: 5 * 1024**2}
    # Another web server has no tail: the sender is told where the last part ended.
    (tail,) = (tmp_path / "work").rglob(".tail-2")
    tail.unlink()
    assert offset_of(upload) == 5 * 1024**2
    assert grow(upload, 5 * 1024**2, io.BytesIO(large[5 * 1024**2 :])) == len(large)
    run_job(Job.objects.get(job_type="take_in_upload").pk)
    upload.refresh_from_db()
    assert (upload.status, keys_of(bucket)) == ("done", [upload.video.file.name])
    assert not [each for each in (tmp_path / "work").rglob("*") if each.is_file()]


def test_parts_at_s3_do_not_come_through_us(bucket, large):
    upload = start_upload(size_bytes=len(large))
    with pytest.raises(Conflict):
        put_part(upload, 1, io.BytesIO(large))


def test_what_no_upload_wants_any_more_is_swept_at_s3(bucket, large):
    live, over = start_upload(size_bytes=len(large)), start_upload(size_bytes=len(large))
    sent_to_s3(live, large)
    sent_to_s3(over, large)
    overwrite(Upload.objects.filter(pk=over.pk), status="aborted")  # and then the process died
    bucket.Object("incoming/nobody").put(Body=b"x")
    later = timezone.now() + timedelta(hours=23)
    assert sweep_uploads(now=later, older_than_s=0) == {"expired": 0, "removed": 2}
    assert keys_of(bucket) == []
    assert (parts_of(over).arrived(over), len(parts_of(live).arrived(live))) == ({}, 2)


def test_files_at_s3_that_no_row_knows_are_swept_after_a_day(bucket, clip_file):
    video = ingest_path(clip_file).video
    bucket.Object("videos/ab/left.mp4").put(Body=b"12345")
    bucket.Object("captions/kept.vtt").put(Body=b"WEBVTT")
    later = timezone.now() + timedelta(days=2)
    assert sweep_orphans()["files"] == []
    assert sweep_orphans(now=later, dry_run=True)["files"] == ["videos/ab/left.mp4"]
    assert len(keys_of(bucket)) == 3
    assert sweep_orphans(now=later)["bytes"] == 5
    assert set(keys_of(bucket)) == {video.file.name, "captions/kept.vtt"}


def test_a_player_gets_ranges_of_a_file_at_s3(bucket, clip_file, client):
    video = ingest_path(clip_file).video
    client.force_login(make_user("ada"))
    there = client.get(media_link(video.file), headers={"Range": "bytes=10-19"})
    part = httpx.get(there["Location"], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, clip_file.read_bytes()[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{video.size_bytes}"
