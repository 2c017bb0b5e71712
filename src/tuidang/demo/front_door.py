"""Part of `tuidang demo cheat`, a program of its own: people who do not exist walk in at the front door of a copied register.

The data folder is TUIDANG_DATA. Its tables are read back from the ledger first.
"""

from __future__ import annotations

import os
import sys

PEOPLE = 500
GROUP = 20


def main() -> int:
    """Hands in, lets the machine look, seals. Returns 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuidang.config.settings")
    import django

    django.setup()
    from tuidang.kernel.places import places
    from tuidang.ledger import sealing
    from tuidang.ops.serving import SignerProcess, free_port, hold_data_folder, prepare_tables, start_site, wait_for_site
    from tuidang.vault.epochs import make_epochs

    with hold_data_folder() as lock:
        prepare_tables()
        make_epochs()
        _confirm_the_clock()
        with (places().data / "signer.log").open("ab") as log, SignerProcess(log):
            sealing.recover()
            port = free_port()
            site = start_site(port, lock=lock, loops=False)
            try:
                wait_for_site(site, port)
                _hand_in(port)
            finally:
                site.stop()
            sealing.seal(force=True)
    return 0


def _confirm_the_clock() -> None:
    """A cheat has the machine, and so the signer's word for the clock: an old demo is no obstacle."""
    from tlog.signer import load
    from tuidang.kernel.places import places

    load(places().signer, places().lock).confirm()


def _hand_in(port: int) -> None:
    from tuidang.demo.reviewer import let_the_machine_look
    from tuidang.demo.visitor import Visitor
    from tuidang.demo.world import Invented, Someone

    with Visitor(port) as visitor:
        for first in range(0, PEOPLE, GROUP):
            nobody = tuple(Someone(f"无中生有{number}", 7) for number in range(first, first + GROUP))
            visitor.hand_in(Invented(True, "zh-hans", nobody, "", "", "", publish=False))
    let_the_machine_look()


if __name__ == "__main__":
    sys.exit(main())
