"""When the guest paints: the beat with and without a client, and after input."""

from __future__ import annotations

import pytest

from rdpgui.lab.guest.beat import Beat


@pytest.mark.case("X11")
def test_that_a_machine_that_nobody_looks_at_paints_nothing() -> None:
    beat = Beat(10, 100.0)
    assert beat.due_mono_s() is None
    assert not beat.is_due(100.9, clients=0)
    assert not beat.is_due(500.0, clients=0)
    beat.note_input()
    assert beat.due_mono_s() is None
    assert beat.is_due(500.5, clients=1)
    assert beat.due_mono_s() == pytest.approx(500.6)
    assert not beat.is_due(500.65, clients=0)
    assert beat.due_mono_s() is None


def test_that_a_client_is_served_at_once_and_then_at_the_full_rate() -> None:
    beat = Beat(10, 100.0)
    assert beat.is_due(100.2, clients=1)
    assert not beat.is_due(100.25, clients=1)
    assert beat.is_due(100.3001, clients=1)
    assert not beat.is_due(100.35, clients=1)
    assert beat.is_due(100.36, clients=2)


def test_that_small_delays_do_not_add_up_and_a_long_one_starts_anew() -> None:
    beat = Beat(10, 100.0)
    beat.is_due(100.0, clients=1)
    assert beat.is_due(100.17, clients=1)
    assert beat.due_mono_s() == pytest.approx(100.2)
    assert beat.is_due(105.0, clients=1)
    assert beat.due_mono_s() == pytest.approx(105.1)


def test_that_input_is_shown_sooner_than_the_beat_but_not_more_often_than_it_can_be_seen() -> None:
    beat = Beat(10, 100.0)
    beat.is_due(100.0, clients=1)
    beat.note_input()
    assert not beat.is_due(100.02, clients=1)
    assert beat.is_due(100.031, clients=1)
    assert beat.due_mono_s() == pytest.approx(100.131)
