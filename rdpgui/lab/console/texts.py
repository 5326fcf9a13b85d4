"""The words of the console's window. The lab shares nothing with the program, so it has a table of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Texts:
    """Every word in one language; ``{…}`` members are filled with ``str.format``."""

    window_title: str
    banner: str
    banner_name: str
    connecting: str
    connected: str
    stalled: str
    ended: str
    unreachable: str
    hint: str
    hint_ended: str
    view_name: str
    view_description: str
    state_name: str


ENGLISH: Final = Texts(
    window_title="LAB – {name}",
    banner="Lab connection – no AWS account is used",
    banner_name="Lab banner",
    connecting="Connecting…",
    connected="Connected – recorded by the broker",
    stalled="No picture from the desktop at the moment",
    ended="Session ended",
    unreachable="The connection could not be opened",
    hint="Start → Power → Restart or Shut down does it from inside. Closing this window ends the connection.",
    hint_ended="This is the last picture of the desktop. You can close the window.",
    view_name="Remote desktop",
    view_description="Desktop of the lab's machine; mouse and keyboard are passed to it",
    state_name="State of the connection",
)

JAPANESE: Final = Texts(
    window_title="LAB – {name}",
    banner="ラボの接続です – AWS アカウントは使いません",
    banner_name="ラボのバナー",
    connecting="接続しています…",
    connected="接続中 – ブローカーが録画しています",
    stalled="デスクトップの画面が届いていません",
    ended="セッションは終了しました",
    unreachable="接続を開けませんでした",
    hint="スタート → 電源 → 再起動 / シャットダウン で中から停止できます。このウィンドウを閉じると接続が終わります。",
    hint_ended="これがデスクトップの最後の画面です。ウィンドウを閉じてかまいません。",
    view_name="リモート デスクトップ",
    view_description="ラボの仮想マシンのデスクトップ。マウスとキーボードの操作が伝わります",
    state_name="接続の状態",
)


def texts_for(language: str) -> Texts:
    """Return the words of a language, English when it is unknown."""
    return JAPANESE if language == "ja" else ENGLISH
