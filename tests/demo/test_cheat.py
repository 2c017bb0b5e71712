"""What the cheat says: the rule and the exit code where it was caught, plainly where it was not. Its tricks are tried in test_demo."""

from tuidang.demo.cheat import Trick


def trick(exit_code: int, rule: str, *, name: str = "flip", expected: bool = True) -> str:
    return Trick(name, "One bit is flipped.", exit_code, rule, "tile/entries/000: not the hash", expected).text()


def test_what_was_caught_names_the_rule_and_the_exit_code():
    assert "caught, by the rule 'bundle' (exit code 1)" in trick(1, "bundle")
    assert "tile/entries/000: not the hash" in trick(1, "bundle")


def test_what_was_not_caught_is_said_plainly():
    assert "not noticed (exit code 0)" in trick(0, "")
    assert "valid (exit code 0)" in trick(0, "", name="honest")


def test_a_trick_that_went_otherwise_is_not_passed_over():
    assert "not what should have happened" in trick(0, "", expected=False)
    assert "not what should have happened" not in trick(1, "bundle")
