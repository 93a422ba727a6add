"""Asks whether a pinned package has a known weakness: `audit.py REPORT SAID`, pip-audit's JSON and what it said.

Exit code 1 where one has, where only a part could be asked for, or where pip-audit failed for another reason than
that the advisories can't be reached. That is said, and what stands in for them: see SECURITY.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

NOT_REACHED = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "Max retries exceeded", "HTTPError")


def main(report: Path, said: Path) -> int:
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    words = said.read_text(encoding="utf-8")
    if not text.strip() and not any(name in words for name in NOT_REACHED):
        print(f"pip-audit failed:\n{words}")
        return 1
    packages = json.loads(text)["dependencies"] if text.strip() else []
    audited = [package for package in packages if "skip_reason" not in package]
    weak = [package for package in audited if package["vulns"]]
    for package in weak:
        known = ", ".join(weakness["id"] for weakness in package["vulns"])
        print(f"{package['name']} {package['version']}: {known}")
    if not audited:
        print("The advisories can't be reached from here: no package was held against them.")
        print("Instead: no pin was withdrawn, pins fit together, and the tests hold what is installed against them.")
        return 0
    print(f"{len(audited)} of {len(packages)} packages held against the advisories, {len(weak)} with a known weakness")
    return 1 if weak or len(audited) < len(packages) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
