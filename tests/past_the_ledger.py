"""Changing audited rows as the product never does: behind the ledger's back."""

from django.db.models import QuerySet


def overwrite(rows, **values):
    """UPDATE these rows, states too; `rows` is a queryset or a manager. How many."""
    return QuerySet.update(rows.all(), **values)


def erase(rows):
    """DELETE these rows, and nothing that refers to them."""
    return rows.all()._raw_delete(rows.db)
