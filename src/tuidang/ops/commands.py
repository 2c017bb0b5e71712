"""`tuidang doctor`."""

from __future__ import annotations

import argparse
import json

from django.conf import settings

from tuidang.ops.doctor import Finding, findings
from tuidang.reference import switches

_HEADINGS = {"fault": "broken", "closed": "keeps it closed to the public", "note": "good to know"}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `doctor`."""
    one = commands.add_parser(
        "doctor",
        help="check this register, and open it to the public",
        description="Checks the installation. With public hosts named in TUIDANG_HOSTS, intake is opened if nothing is wrong, else closed.",
    )
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=doctor)


def doctor(arguments: argparse.Namespace) -> int:
    """Exit code 0 if nothing is broken and, for a public register, nothing keeps it closed; else 1."""
    found = findings()
    public = bool(settings.ENVIRONMENT.hosts)
    content = not any(one.level == "fault" or (public and one.level == "closed") for one in found)
    if public:
        switches.set_open(is_open=content)
    if arguments.json:
        print(json.dumps({"content": content, "findings": [{"level": one.level, "text": one.text} for one in found]}))
        return 0 if content else 1
    for level, heading in _HEADINGS.items():
        texts = [one.text for one in found if one.level == level]
        if texts:
            print(heading + "\n" + "\n".join(f"  · {text}" for text in texts) + "\n")
    print(_conclusion(found, content=content, public=public))
    return 0 if content else 1


def _conclusion(found: list[Finding], *, content: bool, public: bool) -> str:
    if public:
        return f"{'All is well. Intake is open' if content else 'Intake is closed'} for {', '.join(settings.ENVIRONMENT.hosts)}."
    if not content:
        return "Something is broken."
    waiting = sum(one.level == "closed" for one in found)
    return "Nothing is broken." + (
        f" {waiting} {'point' if waiting == 1 else 'points'} would keep this register closed to the public." if waiting else ""
    )
