"""What a test asks of a register that another process serves, about its newsletter. Prints JSON.

python -m tests.faults.lettering begin READERS      has a letter sent to so many invented readers
python -m tests.faults.lettering standing           how far it is: `sending`, and its figures
python -m tests.faults.lettering later              the same, and time passes until whoever was killed holds no lease any more
"""

from __future__ import annotations

import json
import sys
import uuid

import django

django.setup()

from tuidang.kernel import clock  # noqa: E402 -- Django must be set up first
from tuidang.kernel.models import Lease  # noqa: E402 -- as above
from tuidang.newsletter import actions, mailings  # noqa: E402 -- as above
from tuidang.newsletter.actions import Imported  # noqa: E402 -- as above
from tuidang.newsletter.content import Choices, Said  # noqa: E402 -- as above
from tuidang.newsletter.policies import LANGUAGES, Address  # noqa: E402 -- as above
from tuidang.newsletter.states import ALL_TOPICS, Rhythm, Topic  # noqa: E402 -- as above


def main(what: str, number: str = "0") -> object:
    """See above."""
    if what == "begin":
        choices = Choices(language="en", topics=ALL_TOPICS.value, rhythm=Rhythm.EACH.value)
        some = [Imported(Address(f"reader{one}", f"mail{one % 3}.example"), choices, clock.today()) for one in range(int(number))]
        actions.take_in(readers=some, proof=actions.note_proof(text="invented"))
        texts = [Said(one, one, "What is new", "The register **grew**.") for one in LANGUAGES]
        return mailings.begin(mailing=uuid.uuid4(), topic=Topic.NEWS, rhythms=list(Rhythm), texts=texts)
    if what == "later":
        Lease.objects.update(until=0)
    (found,) = mailings.standings()
    return {"sending": found.sending.name, **found.figures}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
