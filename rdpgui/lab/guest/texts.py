"""The words of the painted desktop, in English and Japanese.

The lab shares nothing with the program, so it has a small table of its own
instead of the program's catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rdpgui.lab.guest.config import Language


@dataclass(frozen=True, slots=True)
class Texts:
    """Every word in one language; ``{…}`` members are filled with ``str.format``."""

    starting: str
    press_keys: str
    welcome: str
    preparing: str
    restarting: str
    shutting_down: str
    updating: str
    keep_on: str
    stop_title: str
    stop_text: str
    stop_percent: str
    stop_code: str
    start: str
    search: str
    server_manager: str
    console: str
    recycle_bin: str
    shared_folder: str
    audit_log: str
    backup_job: str
    about: str
    about_text: str
    power: str
    restart: str
    shut_down: str
    update_restart: str
    dashboard: str
    local_server: str
    all_servers: str
    file_services: str
    properties: str
    computer_name: str
    instance: str
    operating_system: str
    system: str
    signed_in: str
    up_time: str
    performance: str
    processor: str
    memory: str
    network: str
    services: str
    running: str
    banner_title: str
    banner_restart: str
    banner_shutdown: str
    notice: str
    lab_note: str
    console_banner: str
    unknown_command: str
    weekdays: str


ENGLISH: Final = Texts(
    starting="Starting",
    press_keys="Press Ctrl+Alt+Delete to unlock",
    welcome="Welcome",
    preparing="Preparing the desktop",
    restarting="Restarting",
    shutting_down="Shutting down",
    updating="Working on updates  {percent}% complete",
    keep_on="Please keep your computer on",
    stop_title="This server ran into a problem",
    stop_text="It is collecting some information about the error and then restarts by itself.",
    stop_percent="{percent}% complete",
    stop_code="Stop code: LAB_DIAGNOSTIC_INTERRUPT (0x80)",
    start="Start",
    search="Type here to search",
    server_manager="Server Manager",
    console="Administrator: Console",
    recycle_bin="Recycle bin",
    shared_folder="Accounts",
    audit_log="Audit log",
    backup_job="Run the backup job",
    about="About this lab",
    about_text="A painted machine of the rdpgui lab. Nothing here is a real server.",
    power="Power",
    restart="Restart",
    shut_down="Shut down",
    update_restart="Update and restart",
    dashboard="Dashboard",
    local_server="Local server",
    all_servers="All servers",
    file_services="File services",
    properties="Properties",
    computer_name="Computer name",
    instance="Instance",
    operating_system="Operating system",
    system="Lab Server (painted)",
    signed_in="Signed in",
    up_time="Up time",
    performance="Performance",
    processor="Processor",
    memory="Memory",
    network="Network",
    services="Services",
    running="Running",
    banner_title="You are about to be signed out",
    banner_restart="This server restarts in {seconds} s.",
    banner_shutdown="This server shuts down in {seconds} s.",
    notice="Message",
    lab_note="Virtual machine of the rdpgui lab",
    console_banner="Lab console. Type 'help' for the commands.",
    unknown_command="'{name}' is not a command. Type 'help'.",
    weekdays="Mon Tue Wed Thu Fri Sat Sun",
)

JAPANESE: Final = Texts(
    starting="起動しています",
    press_keys="ロックを解除するには Ctrl+Alt+Delete を押してください",
    welcome="ようこそ",
    preparing="デスクトップを準備しています",
    restarting="再起動しています",
    shutting_down="シャットダウンしています",
    updating="更新プログラムを構成しています  {percent}%",
    keep_on="コンピューターの電源を切らないでください",
    stop_title="サーバーに問題が発生しました",
    stop_text="エラー情報を収集しています。完了すると自動的に再起動します。",
    stop_percent="{percent}% 完了",
    stop_code="停止コード: LAB_DIAGNOSTIC_INTERRUPT (0x80)",
    start="スタート",
    search="ここに入力して検索",
    server_manager="サーバー マネージャー",
    console="管理者: コンソール",
    recycle_bin="ごみ箱",
    shared_folder="経理共有",
    audit_log="監査ログ",
    backup_job="バックアップを実行",
    about="このラボについて",
    about_text="rdpgui ラボの描画された仮想マシンです。実在のサーバーではありません。",
    power="電源",
    restart="再起動",
    shut_down="シャットダウン",
    update_restart="更新して再起動",
    dashboard="ダッシュボード",
    local_server="ローカル サーバー",
    all_servers="すべてのサーバー",
    file_services="ファイル サービス",
    properties="プロパティ",
    computer_name="コンピューター名",
    instance="インスタンス",
    operating_system="OS",
    system="Lab Server(描画)",
    signed_in="サインイン中",
    up_time="稼働時間",
    performance="パフォーマンス",
    processor="プロセッサ",
    memory="メモリ",
    network="ネットワーク",
    services="サービス",
    running="実行中",
    banner_title="まもなくサインアウトされます",
    banner_restart="このサーバーは {seconds} 秒後に再起動します。",
    banner_shutdown="このサーバーは {seconds} 秒後にシャットダウンします。",
    notice="メッセージ",
    lab_note="rdpgui ラボの仮想マシン",
    console_banner="ラボ コンソール。'help' でコマンド一覧を表示します。",
    unknown_command="'{name}' というコマンドはありません。'help' と入力してください。",
    weekdays="月 火 水 木 金 土 日",
)


def texts_for(language: Language, *, japanese_font: bool) -> Texts:
    """Return the words to paint: English when no font of this machine has Japanese characters."""
    return JAPANESE if language is Language.JAPANESE and japanese_font else ENGLISH
