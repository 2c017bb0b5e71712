"""Programs of others that are served to staff as they came: which, from where, and that nobody has changed them.

`python -m scripts.vendored check` compares what lies in the folder with `vendored.json`. To take a newer version: `npm pack PACKAGE@VERSION`,
read what changed, then `python -m scripts.vendored take NAME FILE.tgz INTEGRITY` with the integrity that `npm view PACKAGE@VERSION dist.integrity`
tells; it is checked before anything is unpacked.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tarfile
from base64 import b64encode
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "src" / "tuidang" / "design" / "scripts" / "vendor"
LIST = FOLDER / "vendored.json"
EXIT_WRONG = 1
EXIT_UNUSABLE = 2


def entries() -> dict[str, dict[str, Any]]:
    """What is vendored, by the name of its file: package, version, licence, integrity, and the SHA-256 of each file by where it was taken from."""
    read: dict[str, dict[str, Any]] = json.loads(LIST.read_text("utf-8"))
    return read


def wrong() -> list[str]:
    """Files that are not as the list says, and files that it does not name."""
    named = {file: found["sha256"] for one in entries().values() for file, found in one["files"].items()}
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir() if path.is_file() and path != LIST}
    return sorted(name for name in {*named, *there} if named.get(name) != there.get(name))


def take(name: str, archive: bytes, integrity: str) -> None:
    """Takes the files of a newer version out of what npm packed. Raises ValueError if it is not what `integrity` says, KeyError if a file is gone."""
    found = "sha512-" + b64encode(hashlib.sha512(archive).digest()).decode()
    if found != integrity:
        raise ValueError(f"this is {found}")
    every = entries()
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        package = json.load(packed.extractfile("package/package.json") or io.BytesIO(b"{}"))
        for file, known in every[name]["files"].items():
            opened = packed.extractfile(f"package/{known['from']}")
            body = opened.read() if opened else b""
            (FOLDER / file).write_bytes(body)
            known["sha256"] = hashlib.sha256(body).hexdigest()
    every[name] |= {"version": package["version"], "licence": package["license"], "integrity": integrity}
    LIST.write_text(json.dumps(every, indent=2, sort_keys=True) + "\n", "utf-8")


def main(arguments: list[str]) -> int:
    """0 done, 1 something is not as it should be, 2 not understood."""
    if arguments == ["check"]:
        for name in wrong():
            sys.stdout.write(f"not as {LIST.name} says: {name}\n")
        return EXIT_WRONG if wrong() else 0
    if len(arguments) == 4 and arguments[0] == "take":
        take(arguments[1], Path(arguments[2]).read_bytes(), arguments[3])
        return 0
    sys.stdout.write(f"{__doc__}\n")
    return EXIT_UNUSABLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
