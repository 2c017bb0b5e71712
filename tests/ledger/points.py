"""The points of a sealing at which something else may happen: before each of its steps, and after the last."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tuidang.ledger import batch, gathering, moving, sealing, stage

STEPS = {
    "recover": (sealing, "recover"),
    "gather": (gathering, "candidates"),
    "make": (batch, "make"),
    "stage": (sealing, "stage"),
    "sign": (sealing, "sign"),
    "publish": (sealing, "publish"),
    "show": (sealing, "show"),
    "move": (moving, "move"),
    "write rows": (moving, "_move"),
    "end day": (sealing, "end_day"),
    "drop stage": (stage, "drop_outlived"),
}
POINTS = [*STEPS, "afterwards"]


def seal_with(monkeypatch: pytest.MonkeyPatch, point: str, happening: Callable[[], object]) -> None:
    """Seals, with `happening` once at `point`."""
    with monkeypatch.context() as patch:
        if point in STEPS:
            module, name = STEPS[point]
            step = getattr(module, name)
            happened = []

            def meanwhile(*arguments, **named):
                if not happened:
                    happened.append(happening())
                return step(*arguments, **named)

            patch.setattr(module, name, meanwhile)
        sealing.seal(force=True)
        assert point not in STEPS or happened
    if point not in STEPS:
        happening()
