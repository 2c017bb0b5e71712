"""The table at the end: three equal columns, or it says so."""

from tuidang.demo.reckoning import Reckoning, Row


def test_three_equal_counts_agree():
    found = Reckoning([Row("withdrawals_declared", (1_234, 1_234, 1_234)), Row("entries", (5, 5, 5))])
    assert found.agrees
    assert found.count == 1_234
    assert "The three are equal." in found.text()
    assert found.members()["recount"] == {"withdrawals_declared": 1_234, "entries": 5}


def test_a_difference_is_marked_where_it_is():
    found = Reckoning([Row("withdrawals_declared", (7, 7, 7)), Row("entries", (9, 9, 8))])
    assert not found.agrees
    marked = [line for line in found.text().splitlines() if line.endswith("differ")]
    assert [line.split()[0] for line in marked] == ["entries"]
    assert "NOT equal" in found.text()


def test_equal_figures_of_an_invalid_ledger_do_not_agree():
    found = Reckoning([Row("withdrawals_declared", (7, 7, 7))], "signature: not signed by the key")
    assert not found.agrees
    assert "signature: not signed by the key" in found.text()
    assert found.members()["why"] == "signature: not signed by the key"
