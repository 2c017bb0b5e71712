"""The WSGI entry: files first, then Django."""

import os
import signal

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuidang.config.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 -- they may be asked for only now

from tuidang.config.bodies import Bodies  # noqa: E402 -- settings must be read before our modules are
from tuidang.config.files import Files  # noqa: E402 -- as above
from tuidang.config.loops import start_loops  # noqa: E402 -- as above
from tuidang.kernel.places import places  # noqa: E402 -- as above
from tuidang.kernel.processes import end_with_parent  # noqa: E402 -- as above

if os.environ.get("TUIDANG_SUPERVISED") == "1":
    end_with_parent(signal.SIGKILL)  # a worker whose server was killed would go on serving, and writing, beside the next one
application = Files(Bodies(_django), ledger=places().ledger, pages=places().pages, media=places().media, onion=settings.ENVIRONMENT.onion)
if os.environ.get("TUIDANG_LOOPS") == "1":
    start_loops()
