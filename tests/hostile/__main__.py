"""``python -m tests.hostile --layer facts --seed N --count M [--world ID] [--json FILE] [--workers K]``.

Exit status 0: no false PASS, no false FAIL, and nobody else's session taken for the own. ``--world`` tells one world
as a story; when it is judged wrong, also the smallest world that is judged wrong in the same way. ``--power`` counts
what the generator finds, kind by kind; ``--mutants`` hunts for changes of the judge that neither tests nor ``--count``
worlds find (``make mutants``).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from functools import partial
from pathlib import Path

from tests.hostile.campaign import Judged, Layer, Tally, campaign, judge_run, judge_world
from tests.hostile.course import AS_OF_0_1_0, TODAY
from tests.hostile.draw import draw
from tests.hostile.hunt import hunt
from tests.hostile.kinds import KINDS, Wrong
from tests.hostile.mutants import equivalents, mutants
from tests.hostile.shrink import shrink
from tests.hostile.story import tell
from tests.hostile.world import World

MOST_STORIES = 3


def main() -> int:
    """Run the command line; returns the exit status."""
    options = _options()
    manners = AS_OF_0_1_0 if options.old_manners else TODAY
    if options.mutants:
        return _mutants(options)
    layer: Layer = judge_run if options.layer == "runner" else partial(judge_world, manners=manners)
    if options.world:
        say(_story(options.world, layer))
        return 0
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    say(f"layer {options.layer}, seed {seed}, {options.count} worlds")
    begun_s = time.perf_counter()
    tally = campaign(seed, options.count, workers=options.workers, layer=layer)
    took_s = time.perf_counter() - begun_s
    result = tally.as_json(seed)
    say("\n".join(_lines(tally)))
    say(f"{took_s:.0f} s, {1000 * took_s / max(1, options.count):.2f} ms a world")
    if options.power:
        say("\n".join(power_table(tally)))
    for world_id in [*tally.of(Wrong.FALSE_PASS), *tally.of(Wrong.FALSE_FAIL)][: 0 if options.power else MOST_STORIES]:
        say(_story(world_id, layer))
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    bad = (Wrong.FALSE_PASS, Wrong.FALSE_FAIL, Wrong.TAKEN)
    return 1 if any(tally.of(wrong) for wrong in bad) else 0


def _mutants(options: argparse.Namespace) -> int:
    """Hunt mutants of the judge; exit status 1 when one is neither found nor known to be no fault."""
    seed = options.seed if options.seed is not None else 7
    every = mutants()
    sample = random.Random(seed).sample(every, k=min(len(every), options.sample or len(every)))
    spared, missed = equivalents(), 0
    for mutant, by in hunt(sample, seed, options.count):
        reason = "" if by else spared.get((mutant.module, mutant.kind, mutant.text), "")
        missed += not by and not reason
        say(f"{by or reason or 'NOT FOUND'}\n    {mutant.kind} {mutant.module}:{mutant.line}  {mutant.text}")
    say(f"{len(sample) - missed} of {len(sample)} mutants found, or known to be no fault, with seed {seed}")
    return 1 if missed else 0


def say(text: str) -> None:
    """Write a line to the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--layer", choices=("facts", "runner"), default="facts")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--world", metavar="ID", help="tell one world, seed:index")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--power", action="store_true", help="print the table of kinds")
    parser.add_argument("--mutants", action="store_true", help="say what finds each mutant of the judge")
    parser.add_argument("--sample", type=int, help="only so many of the mutants, drawn with the seed")
    parser.add_argument("--old-manners", action="store_true", help="the run looks and ends as that of 0.1.0 did")
    return parser.parse_args()


def _lines(tally: Tally) -> list[str]:
    lines = [
        f"false PASS {len(tally.of(Wrong.FALSE_PASS))}, false FAIL {len(tally.of(Wrong.FALSE_FAIL))}, "
        f"PASS where sufficient {tally.pass_where_sufficient:.4f} (of {tally.sufficient}), "
        f"cause named {tally.cause_named:.4f}, grey {tally.grey}, misfiled {len(tally.of(Wrong.UNSAID))}, "
        f"without a verdict {tally.unjudged}",
        "verdicts: " + ", ".join(f"{value.value} {number}" for value, number in sorted(tally.values.items())),
    ]
    for (wrong, kind), number in sorted(tally.kinds.items()):
        lines.append(f"  {wrong.value}: {kind} x {number}, first in world {tally.first[wrong, kind]}")
    return lines


def power_table(tally: Tally) -> list[str]:
    """Return the table kind x worlds until found, as Markdown."""
    lines = ["| kind | what | found as | of | worlds until found |", "|---|---|---|---|---|"]
    for kind, text in KINDS.items():
        found = [(index, wrong) for (wrong, name), index in tally.first.items() if name == kind]
        first = min(found, default=None)
        number = sum(count for (_, name), count in tally.kinds.items() if name == kind)
        as_what, when = (first[1].value, str(first[0] + 1)) if first is not None else ("-", "not found")
        lines.append(f"| {kind} | {text} | {as_what} | {number} | {when} |")
    return lines


def _story(world_id: str, layer: Layer) -> str:
    judged = layer(draw(world_id))
    if judged is None:
        return f"World {world_id}: the run ended without a verdict."
    if not judged.wrongs:
        return tell(judged)
    small = layer(shrink(draw(world_id), partial(_same, judged, layer)))
    smaller = f"\n\nThe same, made as small as it goes:\n\n{tell(small)}\n" if small is not None else ""
    return f"{tell(judged)}{smaller}"


def _same(judged: Judged, layer: Layer, world: World) -> bool:
    """Whether a smaller world is judged wrong in the same way, for the same kind of fault."""
    other = layer(world)
    if other is None:
        return False
    return all(wrong in other.wrongs and other.kind(wrong) == judged.kind(wrong) for wrong in judged.wrongs[:1])


if __name__ == "__main__":
    sys.exit(main())
