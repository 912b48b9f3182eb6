"""Keeping the ledger: exports, archives, retention, and the weeks of its table.

`docs/ledger.md` says how it is used; decisions 0027 and 0029 why it is built so.
"""
