"""Many at once: one wins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from stakazo.identity import services
from stakazo.identity.errors import LoginRefused, RefreshRefused, TooManyAttempts
from stakazo.identity.models import RefreshToken
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, work):
    start = Barrier(count)

    def one(number):
        start.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_of_32_equal_refreshes_one_succeeds_and_the_login_ends():
    make_user("ben")
    plain = services.login("ben", "correct horse battery", address="192.0.2.1").refresh

    def use(number):
        try:
            return services.refresh(plain).refresh
        except RefreshRefused:
            return None

    won = [new for new in at_once(32, use) if new]
    assert len(won) == 1
    assert RefreshToken.objects.count() == 2
    with pytest.raises(RefreshRefused):
        services.refresh(won[0])


def test_of_20_equal_guesses_five_reach_the_password_check():
    make_user("ben")

    def guess(number):
        try:
            services.login("ben", "nope", address="192.0.2.1")
        except (LoginRefused, TooManyAttempts) as error:
            return type(error)

    answers = at_once(20, guess)
    assert answers.count(LoginRefused) == 5
    assert answers.count(TooManyAttempts) == 15


def test_a_ticket_opens_one_of_eight_doors():
    ben = make_user("ben")
    plain = services.issue_ticket(ben)
    users = at_once(8, lambda number: services.take_ticket(plain))
    assert [user for user in users if user] == [ben]
