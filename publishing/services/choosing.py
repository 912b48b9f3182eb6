"""A sign-in that opens several accounts: their list is kept, with the tokens sealed, until somebody chooses.

Only the browser session that began may see the list and choose, once, within ten minutes.
"""

import hashlib
import json
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from publishing import vault
from publishing.errors import OAuthRefused
from publishing.models import OAuthState
from publishing.platforms.base import Profile, Tokens
from stakazo.core.errors import InvalidInput, NotFound

CHOICE_LIFE = timedelta(minutes=10)


def hash_of(text: str) -> str:
    """As states and sessions are kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def offer(opened: OAuthState, tokens: Tokens, found: list[Profile]) -> OAuthState:
    """Keep what was found until somebody has chosen."""
    opened.found = [asdict(profile) for profile in found]
    opened.tokens_sealed = vault.seal(_text_of(tokens), bound_to=place_of(opened))
    opened.expires_at = timezone.now() + CHOICE_LIFE
    opened.save(update_fields=["found", "tokens_sealed", "expires_at"])
    return opened


def choice_by_id(choice_id: uuid.UUID, *, session_secret: str) -> OAuthState:
    """The list that waits for this session. Raises NotFound: also where it is another's, or over."""
    found = OAuthState.objects.filter(
        pk=choice_id,
        session_hash=hash_of(session_secret),
        expires_at__gt=timezone.now(),
    ).exclude(tokens_sealed="")
    row = found.first()
    if row is None:
        raise NotFound(
            "There is nothing to choose here: it was chosen already, is older than ten minutes, or was "
            "begun in another browser. Connect again.",
            choice_id=str(choice_id),
        )
    return row


def take(
    choice_id: uuid.UUID, external_ids: list[str], *, session_secret: str
) -> tuple[OAuthState, Tokens, list[Profile]]:
    """What was chosen, once. Raises NotFound, InvalidInput, OAuthRefused (somebody was faster)."""
    row = choice_by_id(choice_id, session_secret=session_secret)
    known = {each["external_id"]: Profile(**each) for each in row.found}
    strange = [each for each in external_ids if each not in known]
    if strange or not external_ids:
        raise InvalidInput(
            "Choose one or more of the accounts in the list.", not_in_the_list=strange
        )
    tokens = _tokens_of(vault.unseal(row.tokens_sealed, bound_to=place_of(row)))
    mine = OAuthState.objects.filter(pk=row.pk, tokens_sealed=row.tokens_sealed)
    if not mine.update(tokens_sealed="", found=[]):
        raise OAuthRefused("Somebody has just chosen here.", platform=row.platform)
    return row, tokens, [known[each] for each in dict.fromkeys(external_ids)]


def verifier_place(state_hash: str) -> str:
    """What the sealed PKCE verifier is bound to."""
    return f"oauth_state:{state_hash}"


def place_of(row: OAuthState) -> str:
    """What the sealed tokens are bound to."""
    return f"oauth_state:{row.state_hash}:tokens"


def _text_of(tokens: Tokens) -> str:
    return json.dumps(asdict(tokens), default=datetime.isoformat)


def _tokens_of(text: str) -> Tokens:
    kept: dict[str, Any] = json.loads(text)
    for name in ("expires_at", "refresh_expires_at"):
        kept[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
    return Tokens(**{**kept, "scopes": tuple(kept["scopes"])})
