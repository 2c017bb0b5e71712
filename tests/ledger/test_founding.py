"""The key set that a register announces: what its log once named stays in it."""

import pytest

from tlog.entry import Kind
from tlog.lists import KeySet
from tlog.note import SignerKey
from tlog.promise import key_name
from tuidang.kernel.errors import SetUpError
from tuidang.ledger import adapters, founding, sealing
from tuidang.vault.models import Epoch


def in_force() -> KeySet:
    return KeySet.parse(adapters.list_in_force(Kind.KEYS))


def test_a_former_promise_key_and_a_lost_epoch_stay_listed(register, monkeypatch):
    before = in_force()
    new = SignerKey.generate(key_name(before.origin))
    monkeypatch.setattr(founding, "promise_key", lambda: new)
    Epoch.objects.order_by("-name").first().delete()
    assert founding.announce_changes() == [Kind.KEYS]
    sealing.seal(force=True)
    register.check(0)
    assert in_force().promise == (new.verifier, *before.promise)
    assert in_force().epochs == before.epochs


def test_an_epoch_with_another_key_than_the_log_names_is_never_announced(register):
    Epoch.objects.order_by("name").update(public=bytes(1216))
    with pytest.raises(SetUpError, match="audit epochs"):
        founding.announce_changes()
