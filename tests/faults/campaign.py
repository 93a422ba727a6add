"""The campaign of kills: `PYTHONPATH=.:tests python -m faults.campaign --kills 1000` prints a table.

It imports nothing before it starts, since each process that is killed reads this file again.
"""

import argparse
import sys
import time


def main() -> None:
    from faults.kills import HEAD, campaign, row
    from faults.scenes import SCENES

    asked = argparse.ArgumentParser(description="Kill commands, and see that nothing is lost.")
    asked.add_argument("--kills", type=int, default=1000)
    asked.add_argument("--seconds", type=float, default=float("inf"), help="when to stop, done or not")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--only", default="", help="a part of a scene's name")
    given = asked.parse_args()
    began = time.monotonic()
    figures = campaign(given.kills, given.seed, [scene for scene in SCENES if given.only in scene.name], given.seconds)
    print(HEAD, *(row(name, of) for name, of in figures.items()), sep="\n")
    kills = sum(of.steps.total() for of in figures.values())
    losses = sum(len(of.lost) for of in figures.values())
    print(f"{kills} kills in {time.monotonic() - began:.0f} s, {losses} losses")
    sys.exit(bool(losses))


if __name__ == "__main__":
    main()
