// German, of the map of a dataset.
import type { messages as map } from "@/features/map/messages";
import { plural, translate } from "@/i18n/messages";

const images = (n: number) => plural(n, { one: "# Bild", other: "# Bilder" });

translate<typeof map>("map", "de", {
  title: "Karte",
  back: "Zum Datensatz",
  asOf: (when, n) => `Stand ${when}: ${images(n)}, Ähnliches nebeneinander`,
  newer: "Neuere Bilder sind noch nicht darauf.",
  draw: "Karte zeichnen",
  again: "Neu zeichnen",
  drawing: "Die Karte wird gezeichnet …",
  notYet: "Dieser Datensatz hat noch keine Karte",
  notYetText:
    "Eine Karte zeigt alle Bilder als Punkte, Ähnliches nebeneinander. Das dauert einige Sekunden, bei vielen eine Minute.",
  addImages: "Bilder hinzufügen",
  tooFew: "Eine Karte braucht mindestens zehn Bilder",
  failed: "Die Karte konnte nicht gezeichnet werden",
  canvas:
    "Karte der Bilder. Pfeiltasten verschieben, Plus und Minus zoomen, Enter wählt, was in der Mitte liegt.",
  tool: "Was der Zeiger tut",
  tool_move: "Verschieben",
  tool_lasso: "Lasso",
  fit: "Alles zeigen",
  closer: "Näher",
  farther: "Weiter weg",
  colour: "Farbe nach",
  by_split: "Teil",
  by_group: "Gruppe",
  by_import: "Import",
  by_label: "Konsens",
  by_status: "Status",
  by_predicted: "Vorschlag des Modells",
  project: "Projekt",
  legend: "Legende",
  none: "Ohne",
  other: "Andere",
  show: (name) => `${name} zeigen`,
  chooseAll: (name) => `Alle von ${name} wählen`,
  choose: "Wählen",
  chosen: (n) => `${images(n)} gewählt`,
  nothing:
    "Umkreisen Sie Punkte mit dem Lasso, wählen Sie einen Teil der Legende, oder drücken Sie Enter auf der Karte.",
  clear: "Nichts wählen",
  tag: "Schlagwort",
  tagHint: "Ein Wort, um sie wiederzufinden",
  tagThem: "Verschlagworten und ansehen",
  tagOnly: "Verschlagworten",
  tagged: (n, tag) => `${images(n)} mit „${tag}“ verschlagwortet`,
  onlyOwner: "Nur wem der Datensatz gehört, kann Bilder verschlagworten.",
  noProjectToOpen: "Ein Projekt zu diesem Datensatz zeigte sie in seiner Tabelle.",
  alike: "Mehr davon",
  close: "Schließen",
  selected: "Gewählte Bilder",
});
