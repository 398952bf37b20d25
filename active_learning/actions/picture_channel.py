"""Brings pictures to a learning process that asks for them: it has neither keys nor addresses."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from active_learning.learning.pictures import CHANNEL
from labelhub import storage
from labelhub.errors import DomainError
from labelhub.shared import ObjectDamaged
from labelhub.shared_files import SharedFiles

log = logging.getLogger(__name__)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PictureChannel:
    """A socket between a worker and its child, served by a thread until either end closes."""

    def __init__(self, files: SharedFiles) -> None:
        self._files = files
        self._mine, self._theirs = socket.socketpair()

    @classmethod
    def open(cls) -> PictureChannel | None:
        """Return a channel where pictures may lie elsewhere, None where all are here."""
        files = storage.originals()
        return cls(files) if isinstance(files, SharedFiles) else None

    @property
    def descriptor(self) -> int:
        """The child's end, to be passed on to it."""
        return self._theirs.fileno()

    @property
    def environment(self) -> dict[str, str]:
        return {CHANNEL: str(self.descriptor)}

    def serve(self) -> None:
        """Begin to answer; call it when the child has its end."""
        self._theirs.close()
        threading.Thread(target=self._answer_all, name="pictures", daemon=True).start()

    def close(self) -> None:
        """End it, so that a thread that waits for questions ends too."""
        for end in (self._mine, self._theirs):
            with suppress(OSError):  # the child's end is closed already
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _answer_all(self) -> None:
        try:
            with self._mine.makefile("rb") as questions:
                for line in questions:
                    self._mine.sendall(json.dumps(self._answer(line)).encode() + b"\n")
        except OSError:
            pass  # the child has ended

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            question = json.loads(line)
            names = {Path(file).name: file for file in question["files"]}
            wanted = {name: file for name, file in names.items() if _SHA256.fullmatch(name)}
            if question["do"] == "mend":
                return {"done": [file for name, file in wanted.items() if self._mend(name)]}
            lost = self._files.all_at_hand(list(wanted))
            return {"done": [file for name, file in wanted.items() if name not in lost]}
        except DomainError as error:
            return {"error": error.detail}
        except Exception as error:  # whatever it is, the child must hear of it
            log.exception("Pictures could not be fetched.")
            return {"error": f"{type(error).__name__}: {error}"}

    def _mend(self, name: str) -> bool:
        try:
            return self._files.mend(name)
        except ObjectDamaged:
            return False  # bad in storage too: the picture is left out, and named
