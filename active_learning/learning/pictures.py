"""Pictures that lie on another machine: asked of the parent process, which can fetch them.

A child has no keys and knows no storage. Where its parent offers a channel, it names files that it
wants, and they lie in their places when the answer comes; without one, what is not there is not
there. One line of JSON each way.
"""

import json
import os
import socket
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from active_learning.learning.errors import PicturesUnreachable

CHANNEL = "PICTURES_CHANNEL"  # the file descriptor of a socket, in the environment
AT_ONCE = 512
_lock = threading.Lock()


def bring(files: Sequence[Path]) -> None:
    """See to it that those of the files that anybody has are here.

    Raises PicturesUnreachable where the storage they lie in cannot be reached now.
    """
    if not os.environ.get(CHANNEL):
        return
    missing = [str(file) for file in files if not file.exists()]
    for start in range(0, len(missing), AT_ONCE):
        _ask("bring", missing[start : start + AT_ONCE])


def mend(file: Path) -> bool:
    """Have a file that cannot be read compared with its name; whether it was fetched anew."""
    return bool(os.environ.get(CHANNEL)) and bool(_ask("mend", [str(file)]))


@cache
def _channel() -> socket.SocketType:
    return socket.socket(fileno=int(os.environ[CHANNEL]))


def _ask(what: str, files: list[str]) -> list[str]:
    with _lock:
        _channel().sendall(json.dumps({"do": what, "files": files}).encode() + b"\n")
        answer = json.loads(_line())
    if "error" in answer:
        raise PicturesUnreachable(answer["error"])
    done: list[str] = answer["done"]
    return done


def _line() -> bytes:
    read = b""
    while not read.endswith(b"\n"):
        piece = _channel().recv(1 << 16)
        if not piece:
            raise PicturesUnreachable("the worker has gone")
        read += piece
    return read
