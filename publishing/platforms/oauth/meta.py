"""What both logins of Meta share."""

from collections.abc import Mapping
from typing import Any

from ledger.masking import masked
from publishing.errors import NotRenewable, PlatformError
from publishing.platforms.oauth.sign_in import TOKEN_READ_S, SignIn
from publishing.platforms.wire import ATTEMPTS, json_of


class MetaSignIn(SignIn):
    """Calls of the Graph API that answer with a token."""

    def _graph(self, role: str, path: str, **query: str) -> dict[str, Any]:
        """The answer with a token in it."""
        body, http = self._asked(role, path, **query)
        if body.get("access_token"):
            return body
        raise self._graph_refused(body, http, sent=query)

    def _asked(self, role: str, path: str, **query: str) -> tuple[dict[str, Any], int]:
        answer = self._wire.call(
            "GET",
            self._hosts.url(role, path),
            attempts=ATTEMPTS,
            read_s=TOKEN_READ_S,
            params=query,
        )
        return json_of(answer), answer.status_code

    def _graph_refused(
        self, body: dict[str, Any], http: int, *, sent: Mapping[str, str]
    ) -> PlatformError:
        """sent: what went with the call; a code means another thing of our secret, or of a consent."""
        error = body.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if code == 10:
            return NotRenewable(
                "Instagram does not renew this token now.",
                platform=self.platform,
                wire=masked(body),
            )
        # 1 also means that something passes; in answer to our secret, with a 4xx, it means the secret.
        ours = code == 101 or (code == 1 and "client_secret" in sent and http < 500)
        # 100 is any bad parameter; where a consent's code went along, it was used or is another's.
        gone = code in (190, 102) or (code == 100 and "code" in sent)
        word = "invalid_client" if ours else "invalid_grant" if gone else ""
        return self._refused(http, word, body)
