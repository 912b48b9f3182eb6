"""Getting SQLite's write lock beside writers that never pause."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction

from stakazo.core import locks
from stakazo.core.locks import prompt_transaction
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

only_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own lock")


@pytest.fixture(autouse=True)
def _ada():
    make_user("ada")


def write(name):
    get_user_model().objects.update(first_name=name)


def written(name):
    return get_user_model().objects.filter(first_name=name).exists()


def busy_timeout():
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA busy_timeout").fetchone()[0]


@pytest.fixture
def writer():
    """Somebody who holds the lock until told to let go."""
    holds, let_go = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                write("20")
                holds.set()
                let_go.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(30)
    yield let_go
    let_go.set()
    thread.join()


@only_sqlite
def test_it_is_a_transaction_and_leaves_the_connection_as_it_was():
    usual = busy_timeout()
    with pytest.raises(RuntimeError), prompt_transaction():
        write("23")
        assert busy_timeout() == usual
        raise RuntimeError
    assert not written("23")
    with prompt_transaction():
        write("23")
    assert written("23")
    assert busy_timeout() == usual


@only_sqlite
def test_it_waits_in_short_naps_until_the_lock_is_free(writer, monkeypatch):
    tries = []
    atomic = transaction.atomic

    def counted():
        tries.append(None)
        if len(tries) == 3:
            writer.set()
        return atomic()

    monkeypatch.setattr(locks.transaction, "atomic", counted)
    with prompt_transaction():
        assert len(tries) >= 3
        write("24")
    assert written("24")


@only_sqlite
def test_it_gives_up_in_the_end(writer, monkeypatch):
    usual = busy_timeout()
    monkeypatch.setattr(locks, "_PATIENCE_S", 0.05)
    with pytest.raises(OperationalError, match="locked"), prompt_transaction():
        pass
    assert busy_timeout() == usual


def test_inside_of_a_transaction_it_is_a_savepoint():
    with transaction.atomic():
        with pytest.raises(RuntimeError), prompt_transaction():
            write("25")
            raise RuntimeError
        assert not written("25")
