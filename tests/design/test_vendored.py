"""Programs of others are served as they came, with their licence, and ask nothing of any other site."""

import hashlib
import io
import json
import tarfile
from base64 import b64encode

import pytest
from scripts import vendored

from tuidang.design import assets


def test_what_is_vendored_is_what_the_list_says():
    assert vendored.wrong() == []
    for one in vendored.entries().values():
        assert one["licence"] == "MIT"
        assert any("Permission is hereby granted" in (vendored.FOLDER / file).read_text() for file in one["files"])


def test_a_change_to_what_is_vendored_is_noticed(tmp_path, monkeypatch):
    for path in vendored.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(vendored, "FOLDER", tmp_path)
    monkeypatch.setattr(vendored, "LIST", tmp_path / vendored.LIST.name)
    assert vendored.wrong() == []
    (tmp_path / "markdown-toolbar.js").write_bytes(b"alert(1)")
    (tmp_path / "more.js").write_bytes(b"")
    assert vendored.wrong() == ["markdown-toolbar.js", "more.js"]
    archive = packed({"package.json": b'{"version": "9.9.9", "license": "MIT"}', "dist/index.js": b"new", "LICENSE": b"free"})
    with pytest.raises(ValueError, match="this is sha512-"):
        vendored.take("markdown-toolbar", archive, "sha512-x")
    assert vendored.wrong() == ["markdown-toolbar.js", "more.js"]
    vendored.take("markdown-toolbar", archive, "sha512-" + b64encode(hashlib.sha512(archive).digest()).decode())
    assert vendored.wrong() == ["more.js"]
    assert json.loads(vendored.LIST.read_text())["markdown-toolbar"]["version"] == "9.9.9"


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, body in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return made.getvalue()


@pytest.mark.parametrize("name", ["staff", "desk", "vendor/markdown-toolbar"])
def test_a_script_of_staff_runs_under_the_policy_and_asks_no_other_site(name):
    body = assets.script(name).body.decode()
    assert [
        word
        for word in ("eval(", "new Function", "innerHTML", "fetch(", "XMLHttpRequest", "import(", "importScripts", "cssText")
        if word in body
    ] == []
    assert "//" not in body.replace("https?://", "").replace("// ", "")
