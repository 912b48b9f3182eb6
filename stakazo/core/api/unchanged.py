"""`ETag` and `If-None-Match`: who has the answer already is not sent it again.

The tag is a hash of the very bytes of the answer, so it is right whatever changes meanwhile, and whatever an
answer is put together from; what is saved is the way, not the work.
"""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

TAG, ASKED = "ETag", "If-None-Match"
# RFC 9110, 15.4.5: what a 304 repeats of the answer that it stands for.
_REPEATED = ("Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Vary")
_TAG_CHARS = 32


class Tagged(APIView):
    """Reads of this view carry an `ETag`, and answer 304 to whoever names it in `If-None-Match`.

    tagged: False where the answer is another one each time; the view says why.
    """

    tagged = True

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Any:  # Response or HttpResponse, as everywhere in DRF
        """DRF's, with the tag as soon as the answer is written."""
        answer: Any = super().finalize_response(request, response, *args, **kwargs)
        if not self.tagged or request.method not in ("GET", "HEAD") or answer.status_code != 200:
            return answer
        if isinstance(answer, Response):
            answer.add_post_render_callback(lambda written: tag_answer(request, written))
            return answer
        return tag_answer(request, answer) if isinstance(answer, HttpResponse) else answer


def tag_answer(request: HttpRequest | Request, answer: HttpResponse) -> HttpResponse:
    """The answer with its tag, or a 304 when the caller has just that."""
    tag = f'"{hashlib.sha256(answer.content).hexdigest()[:_TAG_CHARS]}"'
    answer[TAG] = tag
    if "Cache-Control" not in answer:
        patch_cache_control(answer, private=True, no_cache=True)  # keep it, but ask each time
    known = parse_etags(request.headers.get(ASKED, ""))
    if "*" not in known and tag not in (each.removeprefix("W/") for each in known):
        return answer
    same = HttpResponseNotModified()
    for name in _REPEATED:
        if name in answer:
            same[name] = answer[name]
    return same
