"""The same on S3, against a server that speaks its protocol on loopback."""

import boto3
import httpx
import pytest

from media_assets.files import local_file, media_link, signed_url
from media_assets.models import VideoAsset
from media_assets.services.ingest import ingest_path
from media_assets.services.upkeep import backfill_media
from stakazo.core.errors import StakazoError
from tests.factories import make_user
from tests.media import make_clip_file

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
    with local_file(video.file) as path:
        copy = path
        assert path.read_bytes() == clip_file.read_bytes()
    assert not copy.exists()
    assert not list((tmp_path / "work").iterdir())
    assert not (tmp_path / "media").exists()


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
