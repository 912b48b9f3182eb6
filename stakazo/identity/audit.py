"""What the ledger remembers of people and programs coming in."""

from ledger.registry import WARN, Audited, audit, declare
from stakazo.identity.models import ApiKey

declare("user_registered", "Somebody made an account.")
declare("user_logged_in", "Somebody logged in through the API.")
declare("user_logged_out", "Somebody ended a login.")
declare("login_failed", "A login was refused: wrong name or password.", WARN)
declare("login_blocked", "Logins are held back after too many failures.", WARN)
declare("refresh_token_reused", "A used refresh token came again; its login was ended.", WARN)
declare("password_changed", "Somebody gave an account another password.")
declare("second_factor_enrolled", "Logins of an account ask for a code from now on.")
declare("second_factor_refused", "A code was wrong, too old, or came a second time.", WARN)
declare("second_factor_removed", "Logins of an account ask for no code any more.", WARN)
declare("recovery_code_used", "Somebody came in by a recovery code.", WARN)
declare("recovery_codes_renewed", "Somebody has other recovery codes now.")
declare("api_key_rotated", "A key was followed by a new one; the old one ends after a while.")
declare("api_key_budget_set", "A key may call more or less often than before.")
declare("api_key_revoked", "An API key opens nothing any more.")
audit(
    Audited(
        model=ApiKey,
        entity_type="api_key",
        created=declare("api_key_created", "A program was given a key."),
        deleted=declare("api_key_deleted", "A key went with the account of its owner.", WARN),
        facts=lambda key: {
            "name": key.name,
            "prefix": key.prefix,
            "scopes": key.scopes,
            "mode": key.mode,
        },
    )
)
