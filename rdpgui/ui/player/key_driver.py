"""From keys to the deck, as in video editors: J backwards, K stand, L forwards, each again for faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from rdpgui.ui.player.clock_box import ClockBox
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.keys import KeyCommand
from rdpgui.ui.player.transport import Transport

_FASTEST_BACKWARDS = 8.0


class KeyDriver:
    """Carries out key commands on a deck.

    Args:
        deck: plays. transport: its rate and its skipping of idle times. clock_box: where the film lies on the clock.
        others: what the commands do that need more than these.
    """

    def __init__(
        self,
        deck: Deck,
        transport: Transport,
        clock_box: ClockBox,
        others: Mapping[KeyCommand, Callable[[], object]],
    ) -> None:
        self._deck = deck
        self._transport = transport
        self._backwards = 0.0
        self._calls: dict[KeyCommand, Callable[[], object]] = {
            KeyCommand.PLAY_PAUSE: self.play_pause,
            KeyCommand.PAUSE: self._stand,
            KeyCommand.BACKWARDS: self._backwards_faster,
            KeyCommand.FORWARDS: self._forwards_faster,
            KeyCommand.FRAME_BACK: self.frame_back,
            KeyCommand.FRAME_ON: self.frame_on,
            KeyCommand.SECOND_BACK: self._second_back,
            KeyCommand.SECOND_ON: self._second_on,
            KeyCommand.FIRST: self.first,
            KeyCommand.LAST: deck.to_end,
            KeyCommand.LOOP_BEGIN: self._loop_begin,
            KeyCommand.LOOP_END: self._loop_end,
            KeyCommand.SKIP_IDLE: transport.toggle_skip_idle,
            KeyCommand.EARLIER: partial(clock_box.step_offset, -1),
            KeyCommand.LATER: partial(clock_box.step_offset, 1),
            **others,
        }

    def run(self, command: KeyCommand) -> None:
        """Carry out a command."""
        if command is not KeyCommand.BACKWARDS:
            self._backwards = 0.0
        self._calls[command]()

    def play_pause(self) -> None:
        """Play or stand."""
        deck = self._deck
        if deck.playing:
            deck.pause()
        else:
            deck.play()

    def frame_back(self) -> None:
        """Go one frame back."""
        self._deck.step(-1)

    def frame_on(self) -> None:
        """Go one frame on."""
        self._deck.step(1)

    def first(self) -> None:
        """Go to the first frame."""
        deck = self._deck
        if deck.playing:
            deck.pause()
        deck.seek(0.0)

    def _stand(self) -> None:
        self._deck.pause()
        self._transport.reset_rate()

    def _forwards_faster(self) -> None:
        if self._deck.motion.playing:
            self._transport.step_rate(1)
        else:
            self._deck.play()

    def _backwards_faster(self) -> None:
        self._backwards = min(max(1.0, self._backwards * 2), _FASTEST_BACKWARDS)
        self._deck.rewind(self._backwards)

    def _second_back(self) -> None:
        self._deck.seek(self._deck.position_s - 1.0, toward=-1)

    def _second_on(self) -> None:
        self._deck.seek(self._deck.position_s + 1.0, toward=1)

    def _loop_begin(self) -> None:
        deck = self._deck
        deck.moving.set_loop(deck.moving.loop.with_begin(deck.position_s))

    def _loop_end(self) -> None:
        deck = self._deck
        deck.moving.set_loop(deck.moving.loop.with_end(deck.position_s))
