"""The channel layer: an idle socket must not end because nothing happens."""

import pytest
from channels.layers import get_channel_layer
from django.conf import settings

pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis"),
]


def test_no_read_of_the_layer_on_redis_may_time_out():
    (host,) = get_channel_layer().hosts
    assert host["socket_timeout"] is None
