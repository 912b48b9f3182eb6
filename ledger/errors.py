"""What can be wrong with a question to the ledger.

InvalidInput
├── BadQuestion  a qualifier, or its value, that we do not know
├── BadCursor    no page begins here
└── BadPosition  not a position of the commit order that we gave out
"""

from stakazo.core.errors import InvalidInput


class BadQuestion(InvalidInput):
    """A question has a qualifier, or a value, that we do not know."""

    code = "ledger.bad-question"


class BadCursor(InvalidInput):
    """No page begins here. Take cursors from `next` and `previous`."""

    code = "ledger.bad-cursor"


class BadPosition(InvalidInput):
    """This is not a position that we gave out."""

    code = "ledger.bad-position"
