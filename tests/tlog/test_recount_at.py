"""`tlog-verify recount --at`: what the log said when it was smaller."""

import json

import pytest
from tests.tlog.build import Log, declare, opening
from tests.tlog.test_recount_cli import KEY_TEXT, folder, run

__all__ = ["folder"]


@pytest.mark.parametrize("at", [1, 2, 3, 255, 256, 257, 301, 302])
def test_it_says_what_was_counted_at_an_earlier_size(folder, capsys, tmp_path, at):
    whole = opening()
    whole.add(*map(declare, range(300)))
    first = Log(whole.entries[:at], whole.lists)
    first.publish(tmp_path / "first")
    _, then, _ = run(capsys, "recount", tmp_path / "first", "--key", KEY_TEXT, "--json")
    code, now, _ = run(capsys, "recount", folder, "--key", KEY_TEXT, "--json", "--at", at)
    assert code == 0
    found = json.loads(now)
    assert found["at"] == {name: json.loads(then)[name] for name in ("entries", "count", "root")}
    assert found["entries"] == 302
    assert f"At {at}" in run(capsys, "recount", folder, "--key", KEY_TEXT, "--at", at)[1]


@pytest.mark.parametrize("at", ["0", "-1", "303", "9,999"])
def test_a_size_that_the_log_never_had_is_no_size_to_count_at(folder, capsys, at):
    code, _, err = run(capsys, "recount", folder, "--key", KEY_TEXT, f"--at={at}")
    assert code == 2
    assert "no size to count at" in err


def test_a_size_that_is_no_number_is_a_wrong_argument(folder, capsys):
    with pytest.raises(SystemExit) as ended:
        run(capsys, "recount", folder, "--key", KEY_TEXT, "--at", "many")
    assert ended.value.code == 2
    assert "no number of entries: 'many'" in capsys.readouterr().err
