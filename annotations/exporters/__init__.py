"""Labels to files: the tables of export formats."""

from annotations.exporters.alto import Alto
from annotations.exporters.base import Exporter
from annotations.exporters.coco import Coco
from annotations.exporters.csv_rows import CsvRows
from annotations.exporters.cvat import Cvat
from annotations.exporters.folders import ClassFolders
from annotations.exporters.items import ItemExporter
from annotations.exporters.jsonl import JsonLines
from annotations.exporters.label_studio import LabelStudio
from annotations.exporters.lfw_pairs import LfwPairs
from annotations.exporters.masks import Masks
from annotations.exporters.page_xml import PageRegions, PageXml
from annotations.exporters.parquet import Parquet
from annotations.exporters.pts import Pts
from annotations.exporters.texts import Kraken, PlainText
from annotations.exporters.voc import Voc
from annotations.exporters.wider_face import WiderFace
from annotations.exporters.yolo import Yolo

# Rows of any project: one file, read back exactly.
EXPORTERS: dict[str, Exporter] = {
    "jsonl": JsonLines(),
    "csv": CsvRows(),
    "parquet": Parquet(),
}
# Pictures with their answers, for the task types that a format can say: one ZIP.
ITEM_EXPORTERS: dict[str, ItemExporter] = {
    "folders": ClassFolders(),
    "coco": Coco(),
    "yolo": Yolo(),
    "voc": Voc(),
    "cvat": Cvat(),
    "label_studio": LabelStudio(),
    "masks": Masks(),
    "wider_face": WiderFace(),
    "lfw_pairs": LfwPairs(),
    "pts": Pts(),
    "text": PlainText(),
    "kraken": Kraken(),
    "page_xml": PageXml(),
    "page_regions": PageRegions(),
    "alto": Alto(),
}
FORMATS: dict[str, Exporter | ItemExporter] = {**EXPORTERS, **ITEM_EXPORTERS}
