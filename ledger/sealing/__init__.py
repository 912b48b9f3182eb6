"""Sealing: a chain of Merkle roots over committed events, its keys, anchors and proofs.

`docs/ledger.md` says what it promises, decision 0025 why it is built so.
"""
