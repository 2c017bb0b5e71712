"""`tuidang staff`: what an operator types on the machine."""

import argparse
import json
from http import HTTPStatus

import pytest
from django.test import Client

from tuidang.accounts import commands, queries
from tuidang.kernel.errors import RefusedError

pytestmark = pytest.mark.django_db


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_to(parser.add_subparsers())
    arguments = parser.parse_args(["staff", *words])
    return arguments.run(arguments)


def test_invite_prints_an_address_that_signs_in(capsys):
    assert run("invite", "--name", "陈老师", "--role", "reviewer", "operator") == 0
    address = capsys.readouterr().out.splitlines()[0]
    browser = Client()
    browser.post(address)
    assert browser.get("/staff/members/").status_code == HTTPStatus.OK
    assert {role.value for role in queries.members()[0].roles} == {"reviewer", "operator"}


def test_list_names_everyone_and_revoke_takes_access_away(capsys):
    run("invite", "--name", "Chen", "--role", "editor", "--json")
    assert json.loads(capsys.readouterr().out)["address"].startswith("/staff/in/")
    run("list", "--json")
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["roles"], listed["active"]) == ("Chen", ["editor"], True)
    assert run("revoke", listed["id"]) == 0
    run("list")
    assert "revoked" in capsys.readouterr().out
    with pytest.raises(RefusedError):
        run("link", listed["id"])


def test_a_member_may_be_named_and_who_is_not_there_is_said(capsys):
    run("invite", "--name", "Chen", "--role", "editor")
    assert run("link", "Chen") == 0
    with pytest.raises(RefusedError, match="staff list"):
        run("link", "nobody")
    run("invite", "--name", "Chen", "--role", "reviewer")
    with pytest.raises(RefusedError, match="give the id"):
        run("link", "Chen")
    assert run("link", str(queries.members()[1].id)) == 0
    assert run("revoke", str(queries.members()[1].id)) == 0
    assert run("link", "Chen") == 0


def test_an_unknown_role_is_an_error_and_makes_nobody(capsys):
    with pytest.raises(SystemExit):
        run("invite", "--name", "Chen", "--role", "emperor")
    assert "emperor" in capsys.readouterr().err
    assert queries.members() == []


def test_every_command_explains_itself(capsys):
    for words in (["invite"], ["link"], ["list"], ["revoke"]):
        with pytest.raises(SystemExit) as ended:
            run(*words, "--help")
        assert ended.value.code == 0
        assert "--json" in capsys.readouterr().out
