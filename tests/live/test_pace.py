"""The pace: never more often than allowed, and what sources ask for."""

import pytest

from citehub.live.pace import Pacer, asked_wait, backoff, is_used_up


class Clock:
    """A clock that goes on only where somebody sleeps."""

    def __init__(self):
        self.time = 100.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        assert seconds > 0
        self.time += seconds


def test_requests_are_an_interval_apart_whatever_stands_between():
    clock = Clock()
    pacer = Pacer(1.0, clock.now, clock.sleep)
    times = []
    for pause in (0.0, 0.2, 5.0, 0.0):
        clock.time += pause
        pacer.wait()
        times.append(clock.time)
    assert times == pytest.approx([100.0, 101.0, 106.0, 107.0])
    pacer.hold(30.0)
    pacer.wait()
    assert clock.time >= times[-1] + 30.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "3"}, 3.0),
        ({"retry-after": " 3 "}, 3.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Thu, 01 Jan 1970 01:00:00 GMT"}, 3600.0),
        ({"Retry-After": "Thu, 01 Jan 1960 01:00:00 GMT"}, 0.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "9" * 400}, float("inf")),
        ({"X-RateLimit-Reset": "60"}, 60.0),
        ({"X-RateLimit-Reset": "60", "X-RateLimit-Remaining": "0"}, 60.0),
        ({"X-RateLimit-Reset": "60", "X-RateLimit-Remaining": "3"}, None),
        ({"Retry-After": "2", "X-RateLimit-Reset": "60"}, 2.0),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "60"}, 60.0),
    ],
)
def test_what_a_source_asks_to_wait(headers, seconds):
    assert asked_wait(headers, 0.0) == seconds


@pytest.mark.parametrize(
    ("left", "spent"), [("0", True), ("-1", True), ("0.0", True), ("5", False), ("", False)]
)
def test_a_budget_is_used_up_where_nothing_is_left(left, spent):
    assert is_used_up({"X-RateLimit-Remaining": left}) == spent


def test_tries_are_further_and_further_apart_up_to_a_limit():
    assert all(0.25 * 2**n <= backoff(n) <= 18.0 for n in range(1, 5) for _ in range(50))
    assert max(backoff(60) for _ in range(50)) <= 18.0
