"""The line on the picture, and the time beside the buttons."""

from __future__ import annotations

from rdpgui.core.film import Still
from rdpgui.ui.player import film_text
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.stage import Stage


class Caption:
    """Says of which time the picture is, and its number when it is an exact still.

    Args:
        deck: the film. stage: shows it.
    """

    def __init__(self, deck: Deck, stage: Stage) -> None:
        self._deck, self._stage = deck, stage

    def show(self, clock: FilmClock) -> None:
        """Show both for this moment.

        Args:
            clock: of the reel.
        """
        deck, still = self._deck, self._deck.desk.current
        text, last = "", False
        if deck.mount.facts is not None and not self._stage.picture.image.isNull():
            if deck.motion.playing or still is None:
                text = film_text.moving_caption(clock, deck.position_s, deck.moving.rate)
            else:
                last = deck.standing.at_last_frame
                own = film_text.still_caption(clock.later(deck.mount.begin_s), still, self._frame_count(), last=last)
                text = "   ".join(part for part in (own, self._held_text(clock, still)) if part)
        self._stage.picture.show_caption(text, last=last)
        duration_s = deck.mount.reel.duration_s if deck.mount.reel is not None else None
        self._stage.transport.show_time(film_text.elapsed(deck.position_s, duration_s))

    def _held_text(self, clock: FilmClock, still: Still) -> str:
        deck, part = self._deck, self._deck.mount.shown
        if part is None:
            return ""
        return film_text.held_caption(clock, still.pts_s + part.begin_s, deck.position_s, part.end_s)

    def _frame_count(self) -> int:
        facts, film = self._deck.mount.facts, self._deck.desk.film
        if facts is not None and facts.frame_count is not None:
            return facts.frame_count
        return film.frame_count if film is not None else 0
