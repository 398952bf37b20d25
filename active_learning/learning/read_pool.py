"""A version reads all open lines: `python -m active_learning.learning.read_pool --help`."""

import argparse
import json
import sys
import time
from pathlib import Path

from active_learning.learning import process
from active_learning.learning.datasets.snapshot import Item, read_items
from active_learning.learning.predictor import open_texts


def main(arguments: list[str] | None = None) -> int:
    """Read, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _read(options))


def _read(options: argparse.Namespace) -> None:
    texts = open_texts(options.artifact)
    items = list(read_items(options.items))
    process.emit("start", {"items": len(items)})
    done = 0

    def complain(item: Item, reason: str) -> None:
        process.emit("log", {"message": f"item {item.id} is left out: {reason}"})

    with options.out.open("w", encoding="utf-8") as stream:
        for at, reading, chance in texts.read_items(items, complain):
            row = {
                "id": items[at].id,
                "text": reading.text,
                "confidence": round(chance, 4),
                "characters": [round(sure, 3) for sure in reading.characters],
            }
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            done += 1
    facts = {"scored": done, "skipped": len(items) - done, "cpu_seconds": time.process_time()}
    process.emit("done", {"out": str(options.out)} | facts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.read_pool")
    parser.add_argument("artifact", type=Path, help="folder that `fit` made of a reading recipe")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256 and file")
    parser.add_argument("out", type=Path, help="JSON lines to write: id, text, confidence")
    return parser


if __name__ == "__main__":
    sys.exit(main())
