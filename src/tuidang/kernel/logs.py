"""What reaches a log: our own sentences. Everything else is reduced to where it happened and the name of the error."""

from __future__ import annotations

import logging


class NothingPersonal(logging.Filter):
    """Lets `tuidang.*` records pass as they are, without tracebacks; of all others keeps logger, level and the error's name.

    A request's path, a form's value or a database error's text can carry what a person typed. Ours are written not to.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes `record` in place; always True: that something happened is never hidden."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        if not record.name.startswith("tuidang"):
            status = getattr(record, "status_code", "")
            record.msg, record.args = "%s", (" ".join(str(part) for part in ("event", status, error) if part),)
        elif error:
            record.msg, record.args = f"{record.getMessage()} ({error})".replace("%", "%%"), ()
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True
