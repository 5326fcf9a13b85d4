"""Collect every message id, merge it into the catalogues and compile them.

    python resources/locale/update.py            collect, merge, compile; what is no longer used stays as obsolete (#~)
    python resources/locale/update.py --check    change nothing; exit 1 when a catalogue is not complete and current

Message ids are the arguments of ``_``, ``N_``, ``ngettext`` and ``fill``, and, in the rooms that may not import the
catalogue (core, runner, aws, media, app), the sentences given to errors, evidence, checks and notes. In core, runner
and aws every whole sentence is one, wherever it stands: in a table, in a variable, in one arm of a condition.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "rdpgui"
LOCALES = Path(__file__).resolve().parent
LANGUAGES = ("ja",)
DOMAIN = "rdpgui"
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in the compiled catalogue's header; the time of the day would make every run a change."""
MARKED = {"_", "N_", "fill"}
SENTENCE = re.compile(r"^(?:[A-Z{“]|rdpgui )[^\n]*[ ][^\n]*$|^[A-Z][a-z]+\.$")
CARRIERS = {"Evidence", "Check", "NoteAdded", "PreflightCheck", "Refusal", "GuardRefusal", "_note", "note", "_check"}
"""Calls whose sentence arguments are message ids, besides every error class."""
TEMPLATES = ROOT / "resources" / "report"
IN_TEMPLATE = re.compile(r"""\b_\(["']([^"']+)["']\)""")
SILENT_ROOMS = ("core", "runner", "aws", "media", "app")
SPEAKING_ROOMS = ("core", "runner", "aws")
WHOLE = re.compile(r"\.$|\{\w+\}")

JAPANESE = "\u3001-\u3011\u3040-\u30ff\u4e00-\u9fff\uff08\uff09"
GLOSSARY = {
    "動画": "映像",
    "フレーム(?!レート)(?<!キーフレーム)": "コマ",
    "コンテナー": "コンテナ",
    "非常停止": "緊急停止",
    "保管(?!先)": "アーカイブ",
    "鍵": "キー",
}
"""What no Japanese sentence says, as a pattern, and what it says instead."""

MessageId = str | tuple[str, str]


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _error_classes() -> set[str]:
    tree = ast.parse((PACKAGE / "core" / "errors.py").read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _sentences(path: Path) -> Iterator[tuple[MessageId, int]]:
    """Yield every whole sentence that is no docstring and no part of an f-string."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    other = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    other |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in other:
            text = _text(node)
            if text and SENTENCE.match(text) and WHOLE.search(text):
                yield text, node.lineno


def _messages(path: Path, carriers: set[str]) -> Iterator[tuple[MessageId, int]]:
    silent = path.relative_to(PACKAGE).parts[0] in SILENT_ROOMS
    if path.relative_to(PACKAGE).parts[0] in SPEAKING_ROOMS:
        yield from _sentences(path)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node)
        if name in MARKED and node.args:
            text = _text(node.args[0])
            if text:
                yield text, node.lineno
        elif name == "C_":
            context, text = _text(node.args[0]), _text(node.args[1])
            if context and text:
                yield (f"{context}\x04{text}"), node.lineno
        elif name == "ngettext":
            forms = [_text(argument) for argument in node.args[:2]]
            if forms[0] and forms[1]:
                yield (forms[0], forms[1]), node.lineno
        elif silent and name in carriers:
            values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in {"text", "remedy"})]
            for argument in values:
                text = _text(argument)
                if text and SENTENCE.match(text):
                    yield text, argument.lineno


def collect() -> Catalog:
    """Return the template with every message id."""
    catalogue = Catalog(project="rdpgui", charset="utf-8", header_comment="# rdpgui message catalogue")
    carriers = CARRIERS | _error_classes()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] == "lab":
            continue
        for message, _line in _messages(path, carriers):
            context, _end, text = message.rpartition("\x04") if isinstance(message, str) else ("", "", message)
            catalogue.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context or None)
    for path in sorted(TEMPLATES.glob("*.j2")):
        for text in IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            catalogue.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalogue


def _po(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def merged(language: str, template: Catalog) -> Catalog:
    """Return the language's catalogue with exactly the template's messages; other translations stay as obsolete."""
    known = _known(language)
    fresh = Catalog(
        locale=language,
        project="rdpgui",
        charset="utf-8",
        header_comment=f"# rdpgui: {language}",
        creation_date=CREATED,
    )
    fresh.fuzzy = False
    translated = {_key(old): old for old in (*known.obsolete.values(), *known) if old.id and _is_translated(old)}
    for message in template:
        if message.id:
            old = translated.pop(_key(message), None)
            places = [(name, None) for name, _line in message.locations]
            fresh.add(message.id, _tidied(old) if old else None, locations=places, context=message.context)
    for key, old in translated.items():
        fresh.obsolete[key] = Message(old.id, old.string, context=old.context)
    return fresh


def _known(language: str) -> Catalog:
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language, project="rdpgui", charset="utf-8")
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def _key(message: Message) -> tuple[str, str]:
    return message.id if isinstance(message.id, str) else message.id[0], message.context or ""


def _is_translated(message: Message) -> bool:
    return bool(all(message.string) if isinstance(message.string, tuple) else message.string)


def tidy(text: str) -> str:
    """Return Japanese with its own punctuation: wide colons, brackets, tildes and question marks, no gap after 。."""
    if not re.search(f"[{JAPANESE}]", text) or "(*." in text:
        return text
    text = re.sub(r" ?\(([^()]*)\) ?(?=$|[^A-Za-z0-9])", r"（\1）", text)
    text = re.sub(rf"(?<=[{JAPANESE}}}”`]): ?(?=$|\S)", "：", text).replace("LAB: ", "LAB：")
    return re.sub(rf"(?<=[{JAPANESE}])\?", "？", text).replace("～", "〜").replace("。 ", "。")


def astray(catalogue: Catalog) -> list[str]:
    """Return the Japanese sentences that call a thing by another word than all the others do, with the word."""
    found = []
    for message in catalogue:
        ids = message.id if isinstance(message.id, str) else message.id[0]
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            said = [f"{text} ({instead})" for wrong, instead in GLOSSARY.items() if re.search(wrong, text)]
            if "復号" in text and "decrypt" not in ids:  # of what is encrypted; a film is decoded
                said.append(f"{text} (デコード)")
            if "障害" in text and "ault" not in ids:  # of the lab
                said.append(f"{text} (停止・再起動)")
            if "実験" in text.replace("対照実験", "") and not re.search("xperiment|matrix", ids):
                said.append(f"{text} (実行)")
            found += said if ids else []
    return found


def _tidied(message: Message) -> str | tuple[str, ...]:
    return tuple(map(tidy, message.string)) if isinstance(message.string, tuple) else tidy(message.string)


def missing(catalogue: Catalog) -> list[str]:
    """Return the message ids without a translation."""
    return [str(message.id) for message in catalogue if message.id and not _is_translated(message)]


def _bytes(catalogue: Catalog, *, compiled: bool) -> bytes:
    out = io.BytesIO()
    if compiled:
        write_mo(out, catalogue)
    else:
        pofile.write_po(out, catalogue, width=110, sort_output=True, include_lineno=False)
    # Dates of extraction would make every run a change.
    return out.getvalue() if compiled else re.sub(rb'"(POT-Creation|PO-Revision)-Date: [^\n]*\n', b"", out.getvalue())


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    template, status = collect(), 0
    for language in LANGUAGES:
        catalogue = merged(language, template)
        for text in missing(catalogue):
            status = 1
            sys.stdout.write(f"{language}: not translated: {text}\n")
        for text in astray(catalogue):
            status = 1
            sys.stdout.write(f"{language}: one word for one thing: {text}\n")
        for compiled, suffix in ((False, ".po"), (True, ".mo")):
            path = _po(language).with_suffix(suffix)
            data = _bytes(catalogue, compiled=compiled)
            if not path.exists() or path.read_bytes() != data:
                if check:
                    status = 1
                    sys.stdout.write(f"{path.relative_to(ROOT)} is not current: run this without --check\n")
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
    return status


if __name__ == "__main__":
    sys.exit(main())
