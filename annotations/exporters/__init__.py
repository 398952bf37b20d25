"""Labels to files: the table of export formats."""

from annotations.exporters.base import Exporter
from annotations.exporters.csv_rows import CsvRows
from annotations.exporters.jsonl import JsonLines

EXPORTERS: dict[str, Exporter] = {
    "jsonl": JsonLines(),
    "csv": CsvRows(),
}
