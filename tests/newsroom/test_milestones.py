"""What is prepared when the count reaches a step, and that nothing of it goes out by itself."""

import dataclasses
from base64 import b64encode

import pytest
from tests.accounts.people import member_with
from tests.ledger.register import decide, declare
from tests.newsroom.published import approve
from tests.page import LANGUAGES, read

from tuidang.accounts.policies import Role
from tuidang.config.environment import MILESTONES, read_environment
from tuidang.kernel.errors import RefusedError, SetUpError
from tuidang.ledger import actions as ledger
from tuidang.ledger import adapters, sealing
from tuidang.ledger import queries as record
from tuidang.newsroom import actions, cards, milestones, queries, showing
from tuidang.newsroom.content import Mailing, Milestone
from tuidang.newsroom.states import Kind, State

STEPS = (2, 5)


@pytest.fixture
def steps(settings, register):
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, milestones=STEPS)
    milestones._looked_at[0] = -1
    sealing.seal(force=True)
    return STEPS


def hand_in(number):
    codes = [declare(f"远山{'甲乙丙丁戊己'[one]}") for one in range(number)]
    sealing.seal(force=True)
    return codes


def prepared(kind):
    return [one for one in queries.desk() if one.kind is kind]


@pytest.mark.parametrize(
    ("count", "step"),
    [(0, 0), (99, 0), (100, 100), (999, 100), (1_000, 1_000), (999_999, 100_000), (1_000_000, 1_000_000), (7_999_999, 7_000_000)],
)
def test_the_highest_step_that_a_count_has_reached(count, step):
    assert milestones.highest_step(count, MILESTONES) == step


def test_without_steps_there_are_no_milestones():
    assert milestones.highest_step(10_000_000, ()) == 0


@pytest.mark.parametrize(("text", "steps"), [("", ()), ("100", (100,)), ("100, 2000 30000", (100, 2_000, 30_000))])
def test_steps_are_a_setting(monkeypatch, text, steps):
    monkeypatch.setenv("TUIDANG_MILESTONES", text)
    assert read_environment().milestones == steps


@pytest.mark.parametrize("text", ["0", "5 5", "10 9", "1e6", "-3", "many", "1 000 000"])
def test_steps_that_are_none_are_refused_by_name(monkeypatch, text):
    monkeypatch.setenv("TUIDANG_MILESTONES", text)
    with pytest.raises(SetUpError, match="TUIDANG_MILESTONES"):
        read_environment()


def test_below_the_first_step_nothing_is_prepared(steps):
    hand_in(1)
    assert not milestones.prepare_reached()
    assert queries.desk() == []


def test_drafts_are_prepared_in_three_languages_with_the_facts_and_are_not_public(steps, client):
    hand_in(3)
    assert milestones.prepare_reached()
    assert {one.kind for one in queries.desk()} == {Kind.MILESTONE, Kind.NEWS, Kind.MAILING}
    head = adapters.head()
    for one in map(queries.on_desk, [one.id for one in queries.desk()]):
        assert one.state is State.DRAFT
        assert one.changed_by is None
        assert not one.published
        for language in LANGUAGES:
            draft = one.texts[language]
            assert draft.there
            assert not draft.out_of_date
            assert "**3**" in draft.body
            assert "2" in draft.title
            assert f"/{language}/" in draft.body
        bodies = {draft.body for draft in one.texts.values()}
        assert len(bodies) == 3, "each language in its own words"
    (milestone,) = prepared(Kind.MILESTONE)
    assert milestone.slug == "2"
    assert milestone.facts == Milestone(2, head.day, head.size, b64encode(head.root).decode(), 3)
    (letter,) = prepared(Kind.MAILING)
    assert letter.facts == Mailing("milestones", ["each"])
    for language in LANGUAGES:
        assert client.get(f"/{language}/milestones/2/").status_code == 404
        assert client.get(f"/{language}/news/2-withdrawals/").status_code == 404


def test_a_step_is_prepared_once_whatever_becomes_of_the_count(steps, register):
    codes = hand_in(2)
    assert milestones.prepare_reached()
    ledger.take_back(code=codes[0])
    register.later(7)
    sealing.seal(force=True)
    assert record.snapshot().totals.count == 1
    assert not milestones.prepare_reached()
    hand_in(1)
    assert record.snapshot().totals.count == 2
    assert not milestones.prepare_reached()
    assert milestones.prepare(2) is None
    assert len(queries.desk()) == 3


def test_of_several_steps_passed_at_once_the_highest_is_told(steps):
    hand_in(6)
    assert milestones.prepare_reached()
    assert [one.slug for one in prepared(Kind.MILESTONE)] == ["5"]


def test_the_checkpoint_is_that_of_the_batch_which_reached_it_however_late_one_looks(steps):
    hand_in(1)
    hand_in(2)
    reached = adapters.head()
    hand_in(1)
    assert milestones.prepare_reached()
    (milestone,) = prepared(Kind.MILESTONE)
    assert (milestone.facts.size, milestone.facts.root) == (reached.size, b64encode(reached.root).decode())
    assert milestone.facts.count == 3


def test_what_was_reached_long_ago_is_not_told_as_new(steps, django_assert_num_queries):
    hand_in(2)
    for _ in range(3):
        hand_in(1)
    with django_assert_num_queries(1):
        assert record.reached(2, at_most=3) is None
    assert record.reached(2, at_most=4).totals.count == 2
    assert record.reached(6) is None


def test_between_two_batches_a_look_asks_nothing_of_the_newsroom(steps, django_assert_max_num_queries):
    hand_in(3)
    milestones.prepare_reached()
    with django_assert_max_num_queries(3):
        assert not milestones.prepare_reached()


def test_an_address_that_is_taken_is_no_hindrance(steps):
    by = member_with(Role.EDITOR)
    actions.begin(kind=Kind.NEWS, slug="2-withdrawals", language="en", by=by)
    hand_in(2)
    assert milestones.prepare_reached()
    assert {one.slug for one in prepared(Kind.NEWS)} == {"2-withdrawals", "2-withdrawals-2"}


def test_one_finishes_it_another_lets_it_go_out_and_the_page_shows_the_checkpoint(steps, client):
    hand_in(3)
    made = milestones.prepare(2)
    by, second = member_with(Role.EDITOR), member_with(Role.EDITOR)
    actions.offer(item=made.milestone, by=by)
    with pytest.raises(RefusedError):
        actions.approve(item=made.milestone, version=queries.on_desk(made.milestone).version, by=by)
    actions.approve(item=made.milestone, version=queries.on_desk(made.milestone).version, by=second)
    approve(made.news, by, second)
    head = adapters.head()
    for language in LANGUAGES:
        page = read(client.get(f"/{language}/milestones/2/"))
        assert b64encode(head.root).decode() in page.html
        assert f"--at {head.size}" in page.html
        listed = read(client.get(f"/{language}/milestones/"))
        assert f"/{language}/milestones/2/" in listed.links
        told = read(client.get(f"/{language}/news/2-withdrawals/"))
        for link in ("milestones/2/", "recount/", "method/"):
            assert f"/{language}/{link}" in told.links
            assert client.get(f"/{language}/{link}").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_of_a_milestone_bears_its_figure(steps, language):
    hand_in(3)
    found = queries.on_desk(milestones.prepare(2).milestone)
    shown = queries.proposed(found, language)
    around = showing.around(shown)
    assert around.figure == "2"
    with_figure = cards.draw(shown.title, around, language=language, page=language)
    assert with_figure != cards.draw(shown.title, dataclasses.replace(around, figure=""), language=language, page=language)
    assert cards.name_of(shown, around) != cards.name_of(shown, dataclasses.replace(around, figure="3"))


def test_a_family_is_counted_by_persons(steps):
    declare("远山甲", "远山乙", "远山丙")
    decide()
    sealing.seal(force=True)
    assert milestones.prepare_reached()
    assert prepared(Kind.MILESTONE)[0].facts.count == 3
