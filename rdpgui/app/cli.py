"""The command line: the window by default, or the same work on a terminal."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui import __version__, i18n
from rdpgui.app import terminal
from rdpgui.app.paths import DEFAULT_SCENARIO, scenario_file, scenario_names
from rdpgui.core.errors import RdpguiError, SettingsError
from rdpgui.core.place import PlaceAsked
from rdpgui.files import is_file
from rdpgui.i18n import _, fill, joined

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from rdpgui.core.kinds.kind import Disruption

EXIT_OK = 0
EXIT_NOT_AS_EXPECTED = 1
EXIT_ERROR = 2
EXIT_INTERRUPTED = 130
ON_AWS = ("inspect", "doctor", "run", "access", "shell-log")
"""Commands that work on an account; ``run`` and ``shell-log`` on the lab as well."""


class _Parser(argparse.ArgumentParser):
    """A parser whose help and errors end no program: what a terminal lost is seen when its lines are pushed out."""

    # No @override: its import would be waited for by the window's first picture.
    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        # Before Python 3.11.4 the standard library's raises what a terminal refuses.
        with suppress(AttributeError, OSError):
            super()._print_message(message, file)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = _Parser(
        prog="rdpgui",
        description="Does the recording of an RDP connection survive a reboot or a stop of its instance? "
        "Without a command: open the window on the embedded lab.",
    )
    parser.add_argument("--version", action="version", version=f"rdpgui {__version__}")
    _add_window(parser, f"lab scenario, or the path of a file: {', '.join(scenario_names())}")
    commands = parser.add_subparsers(dest="command", title="commands")
    _add_run(commands)
    _add_lab(commands)
    _add_inspect(commands)
    _add_judge(commands)
    _add_doctor(commands)
    _add_access(commands)
    _add_notes(commands)
    _add_shell_log(commands)
    return parser


def _add_window(parser: argparse.ArgumentParser, scenario_help: str = "") -> None:
    """Add what the window takes."""
    parser.add_argument("--data-dir", type=Path, help="keep runs and settings here instead of the user's folders")
    parser.add_argument("--verbose", action="store_true", help="log to the terminal, too")
    parser.add_argument("--scenario", default="", help=scenario_help)
    _add_place(parser, default="")


def _add_place(parser: argparse.ArgumentParser, *, default: str) -> None:
    """Add what names a place on AWS: the same for the window and for commands."""
    parser.add_argument("--profile", default=default, help="AWS profile; opens AWS instead of the lab")
    parser.add_argument("--region", default=default, help="AWS Region (default: the profile's)")
    parser.add_argument(
        "--endpoint-url",
        default=default,
        metavar="URL",
        help="send calls there instead of to AWS; AWS_ENDPOINT_URL and endpoint settings of profiles are not followed",
    )


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what was asked for. The window's few options are understood without the parser of all commands.

    That one is made for a command, for help, and for whatever is wrong; the window's first picture waits for nothing.
    """
    quick = argparse.ArgumentParser(prog="rdpgui", add_help=False, exit_on_error=False)
    _add_window(quick)
    try:
        arguments, rest = quick.parse_known_args(argv)
    except argparse.ArgumentError:
        return build_parser().parse_args(argv)
    if rest:
        return build_parser().parse_args(argv)
    arguments.command = None
    return arguments


def _table_of(kinds: Iterable[Disruption]) -> str:
    """Return a table of disruptions and controls: id, what is called, and what others call it."""
    rows = [("KIND", "call", "AWS FIS", "Chaos Toolkit")]
    rows += [
        (kind.disruption_id.value, kind.call or "-", kind.fis_action or "-", kind.chaos_action or "-") for kind in kinds
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "disruptions and controls:\n" + "\n".join(f"  {line}" for line in lines)


def _positive(text: str) -> int:
    """Return a whole number from 1 on. Raises ValueError, which argparse tells."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _add_run(commands: argparse._SubParsersAction[_Parser]) -> None:
    from rdpgui.core.kinds.registry import DISRUPTIONS
    from rdpgui.core.session import AccessType

    run = commands.add_parser(
        "run",
        help="run experiments without a window: on the lab, or on an instance of an account",
        epilog=_table_of(DISRUPTIONS.values()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = run.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--matrix", action="store_true", help="the article's 4 disruptions x Standard and JustInTime, and 2 controls"
    )
    what.add_argument(
        "--disruption",
        action="append",
        choices=[kind.value for kind in DISRUPTIONS],
        metavar="KIND",
        help="one of the kinds below; may be repeated",
    )
    run.add_argument(
        "--lanes",
        type=_positive,
        metavar="N",
        help="run on up to N instances side by side; 1: one run after another (default: as many as the lab carries)",
    )
    run.add_argument("--whole", action="store_true", help="with --matrix: every disruption there is")
    run.add_argument(
        "--access-type",
        action="append",
        choices=[a.value for a in AccessType],
        help="for --disruption; may be repeated (default: Standard)",
    )
    run.add_argument(
        "--scenario", default=argparse.SUPPRESS, help="lab scenario, or the path of its file (default: default)"
    )
    _add_account(run)
    _add_results(run)


def _add_account(run: argparse.ArgumentParser) -> None:
    """Add what a run on an account needs: nothing there is disrupted that was not named and confirmed."""
    _add_place(run, default=argparse.SUPPRESS)
    run.add_argument("--instance", default="", metavar="ID", help="on an account: the instance to disrupt, i-…")
    run.add_argument(
        "--confirm",
        default="",
        metavar="WORD",
        help="on an account: the instance's name (its id if it has none), typed",
    )
    run.add_argument(
        "--cut-off", action="append", metavar="SESSION", help="cut off this session of somebody else; may be repeated"
    )
    run.add_argument(
        "--mine",
        action="append",
        metavar="WHOSE",
        help="this session, or every Standard session of this owner (the whole ARN), is yours; may be repeated",
    )
    run.add_argument(
        "--mfa-code",
        default="",
        metavar="CODE",
        help="for a profile whose role asks for one; others on this machine can read it here, not in RDPGUI_MFA_CODE",
    )


def _add_results(run: argparse.ArgumentParser) -> None:
    """Add where a run's results go, and how they are told."""
    run.add_argument(
        "--json", type=Path, metavar="FILE", help="write the results to FILE; paths in it are relative to it"
    )
    run.add_argument("--out", type=Path, metavar="DIR", help="folder for films, reports and screenshots")
    run.add_argument("--language", choices=["en", "ja"], help="language of report and terminal (default: the system's)")
    run.add_argument("--no-screenshots", action="store_true", help="do not draw the window at the end")


def _add_lab(commands: argparse._SubParsersAction[_Parser]) -> None:
    lab = commands.add_parser("lab", help="serve the lab's endpoint alone, for other AWS clients")
    lab.add_argument(
        "--scenario", default=argparse.SUPPRESS, help="lab scenario, or the path of its file (default: default)"
    )
    lab.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")


def _add_inspect(commands: argparse._SubParsersAction[_Parser]) -> None:
    inspect = commands.add_parser("inspect", help="say exactly what a recording is and where it ends")
    inspect.add_argument("target", help="an mp4 file, or s3://BUCKET/KEY")
    inspect.add_argument("--json", action="store_true", help="print JSON")
    inspect.add_argument("--every-picture", action="store_true", help="look at every picture, however many there are")
    inspect.add_argument("--last-frame", type=Path, metavar="PNG", help="save the last decodable frame")
    _add_place(inspect, default=argparse.SUPPRESS)


def _add_judge(commands: argparse._SubParsersAction[_Parser]) -> None:
    judge = commands.add_parser("judge", help="derive the verdict on a run again from its journal alone")
    judge.add_argument("target", type=Path, metavar="FOLDER|journal.jsonl", help="a run's folder, or its journal")
    judge.add_argument("--json", action="store_true", help="print JSON")


def _add_doctor(commands: argparse._SubParsersAction[_Parser]) -> None:
    from rdpgui.core.session import AccessType

    doctor = commands.add_parser("doctor", help="check what an experiment on an instance needs; it only reads")
    doctor.add_argument("--instance", required=True, metavar="ID", help="the instance, i-…")
    doctor.add_argument(
        "--access-type",
        choices=[a.value for a in AccessType],
        default=AccessType.STANDARD.value,
        help="how it is connected to (default: Standard)",
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    _add_place(doctor, default=argparse.SUPPRESS)


def _add_notes(commands: argparse._SubParsersAction[_Parser]) -> None:
    notes = commands.add_parser(
        "notes", help="say what runs have shown of what AWS documents nowhere; names and ids are replaced"
    )
    notes.add_argument("runs", nargs="*", metavar="RUN", help="a run's id, folder or journal (default: all runs)")
    notes.add_argument("--json", action="store_true", help="JSON instead of Markdown")
    notes.add_argument("--out", type=Path, metavar="FILE", help="write to this file, which must not be there yet")


def _add_shell_log(commands: argparse._SubParsersAction[_Parser]) -> None:
    shell = commands.add_parser(
        "shell-log",
        help="the contrast (claim C6): is the log of a shell there after its instance stopped? It only reads",
        description="Without --instance: show the preferences of shells. With it: watch one shell to its end, then "
        "look for its log. With --scenario: the lab plays a shell that is left in order, and one that is cut off.",
    )
    shell.add_argument("--instance", default="", metavar="ID", help="on an account: the instance, i-…")
    shell.add_argument("--session", default="", metavar="ID", help="the shell that is meant, where there are several")
    shell.add_argument("--scenario", default=argparse.SUPPRESS, help="on the lab: shell-log-s3, shell-log-streamed, …")
    shell.add_argument("--json", action="store_true", help="print JSON")
    _add_place(shell, default=argparse.SUPPRESS)


def _add_access(commands: argparse._SubParsersAction[_Parser]) -> None:
    access = commands.add_parser("access", help="just-in-time access requests: list, file, withdraw, decide")
    verbs = ("list", "request", "approve", "reject", "revoke", "withdraw")
    access.add_argument("verb", choices=verbs, help="what to do; list only reads")
    access.add_argument("target", nargs="?", default="", metavar="ID", help="for request an instance, else a request")
    access.add_argument("--reason", default="", help="with request: for who approves")
    access.add_argument("--comment", default="", help="with approve, reject and revoke")
    access.add_argument(
        "--confirm",
        default="",
        metavar="WORD",
        help="the instance's name (its id if it has none), or the request's id, typed",
    )
    access.add_argument("--json", action="store_true", help="print JSON")
    _add_place(access, default=argparse.SUPPRESS)


def _scenario_of(arguments: argparse.Namespace) -> str:
    """Return the scenario that was asked for, by its name or the path of its file; empty for none.

    Raises:
        SettingsError: there is no such scenario, or no such file.
    """
    name = str(arguments.scenario)
    if not name:
        return ""
    known, path = scenario_names(), scenario_file(name)
    if path is not None:
        if not is_file(path):
            raise SettingsError("There is no scenario file {path}.", "Give the path of a JSON file.", path=path)
        return str(path)
    if name not in known:
        raise SettingsError(
            "There is no lab scenario {scenario}.", "Choose one of: {known}.", scenario=name, known=", ".join(known)
        )
    return name


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    terminal.begin()
    i18n.set_language("system")
    try:
        arguments = _parsed(argv)
        i18n.set_language(getattr(arguments, "language", None) or "system")
        status = _dispatch(arguments)
    except SystemExit as left:  # argparse printed help, the version, or what it did not understand
        status = left.code if isinstance(left.code, int) else EXIT_OK
    except RdpguiError as error:
        with terminal.in_its_words(told=False):
            terminal.say(f"{fill(error.template, error.fields)} {fill(error.remedy, error.fields)}".strip(), error=True)
        status = EXIT_ERROR
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    return terminal.end(status, when_lost=EXIT_ERROR)


def _dispatch(arguments: argparse.Namespace) -> int:
    # Imports wait until a command is known: the window must not pay for the terminal, nor the other way round.
    scenario = arguments.scenario = _scenario_of(arguments)
    if arguments.command is None:
        return _window(arguments, scenario)
    for_a_program = getattr(arguments, "json", None) is True
    with terminal.in_its_words(told=not for_a_program):
        return _command(arguments, scenario)


def _refuse_elsewhere(arguments: argparse.Namespace) -> None:
    """Refuse a place on AWS for a command that works on the lab, or on no place at all.

    Raises:
        SettingsError: it was given one. What was asked for on an account is not done on the lab in silence.
    """
    if any((arguments.profile, arguments.region, arguments.endpoint_url)) and arguments.command not in ON_AWS:
        raise SettingsError(
            "{command} works without an AWS account.",
            "Leave --profile, --region and --endpoint-url away; they are for the window and commands on accounts.",
            command=arguments.command,
        )


def _command(arguments: argparse.Namespace, scenario: str) -> int:
    _refuse_elsewhere(arguments)
    match arguments.command:
        case "run":
            import rdpgui.app.headless as headless
            from rdpgui.app.run_options import options_from

            return headless.main(options_from(arguments))
        case "lab":
            import rdpgui.app.serve_lab as serve_lab

            return serve_lab.main(scenario or DEFAULT_SCENARIO, arguments.port)
        case "inspect":
            import rdpgui.app.inspect_command as inspect_command

            return inspect_command.main(arguments)
        case "judge":
            import rdpgui.app.judge_command as judge_command

            return judge_command.main(arguments.target, as_json=arguments.json)
        case "doctor":
            import rdpgui.app.doctor_command as doctor_command

            return doctor_command.main(arguments)
        case "access":
            import rdpgui.app.access_command as access_command

            return access_command.main(arguments)
        case "notes":
            import rdpgui.app.notes_command as notes_command

            return notes_command.main(arguments)
        case "shell-log":
            import rdpgui.app.shell_log_command as shell_log_command

            return shell_log_command.main(arguments, scenario)
    raise ValueError(arguments.command)


def _window(arguments: argparse.Namespace, scenario: str) -> int:
    import rdpgui.app.display as display

    place = PlaceAsked(arguments.profile, arguments.region, arguments.endpoint_url)
    if place.named and scenario:
        raise SettingsError("A scenario is the lab's, a profile is AWS's.", "Give one of the two.")
    reason = display.why_no_window(os.environ)
    if reason is not None and place.named:
        raise SettingsError(reason.template, **dict(reason.fields))
    if reason is not None:
        import rdpgui.app.headless as headless
        from rdpgui.app.run_options import default_options

        with terminal.in_its_words():
            said = fill(reason.template, reason.fields)
            terminal.say(joined(said, _("The experiment matrix runs on the lab here, without a window.")))
            return headless.main(default_options(arguments.data_dir, scenario or DEFAULT_SCENARIO))
    import rdpgui.app.gui as gui

    return gui.main(arguments.data_dir, scenario=scenario, place=place, verbose=arguments.verbose)
