// German, of images that are there more than once.
import type { messages as duplicates } from "@/features/duplicates/messages";
import { formatNumber, plural, translate } from "@/i18n/messages";

const images = (n: number) => plural(n, { one: "# Bild", other: "# Bilder" });

translate<typeof duplicates>("duplicates", "de", {
  title: "Duplikate",
  description: (name) => `Bilder von „${name}“, die mehrfach vorkommen`,
  back: "Zum Datensatz",
  asOf: (when, items) => `Stand ${when}: ${images(items)} verglichen`,
  search: "Jetzt suchen",
  again: "Neu suchen",
  searching: "Die Bilder werden verglichen …",
  failed: "Die letzte Suche ist nicht gut ausgegangen. Die Statusseite sagt, warum.",
  notYet: "Diese Bilder hat noch niemand verglichen",
  notYetText:
    "Das geschieht nach einem Import von selbst. Dieselbe Datei wird nie zweimal angenommen; hier findet sich dasselbe Bild in einer anderen Datei.",
  tooFew: "Es gibt noch nichts zu vergleichen",
  tooFewText: "Nach jedem Import werden die Bilder von selbst verglichen.",
  addImages: "Bilder hinzufügen",
  which: "Welche Gruppen",
  open: (n) => `Anzusehen · ${n}`,
  kept: (n) => `Eines behalten · ${n}`,
  distinct: (n) => `Keine Duplikate · ${n}`,
  kind: "Wie ähnlich",
  allKinds: "Alle",
  pixels: (n) => `Gleiche Pixel · ${n}`,
  near: (n) => `Fast gleich · ${n}`,
  tagPixels: "Gleiche Pixel",
  tagNear: "Fast gleich",
  none_open: "Keine Duplikate warten auf Sie",
  none_kept: "Noch keine Gruppe ist bereinigt",
  none_distinct: "Noch keine Gruppe gilt als verschieden",
  noneText_open: "Jedes Bild zeigt etwas, das kein anderes zeigt.",
  noneText_kept: "Was Sie bereinigen, steht hier und lässt sich zurücknehmen.",
  noneText_distinct: "Was Sie verschieden nennen, kommt nicht wieder.",
  hint: "Wählen Sie das Bild, das bleibt. Die anderen bekommen das Schlagwort „duplicate“, und niemand wird mehr nach ihnen gefragt.",
  readOnly: "Nur wem der Datensatz gehört, entscheidet, was bleibt.",
  group: (place, size) => `Gruppe ${formatNumber(place)}: ${images(size)}`,
  likeness: (share) => `zu ${share} gleich`,
  images,
  andMore: (n) => `und ${formatNumber(n)} weitere`,
  pick: (name) => `${name} behalten`,
  facts: (width, height, kind, size) =>
    `${formatNumber(width)} × ${formatNumber(height)} · ${kind} · ${size}`,
  part: (split) => `Teil ${split}`,
  keep: "Gewähltes behalten",
  differ: "Keine Duplikate",
  takeBack: "Zurücknehmen",
  keptThis: "Behalten",
  keptBy: (who, tasks) =>
    tasks === 0
      ? `Entschieden von ${who}`
      : `Entschieden von ${who} · ${plural(tasks, { one: "# Aufgabe beiseitegelegt", other: "# Aufgaben beiseitegelegt" })}`,
  done_kept: "Eines bleibt, die anderen sind beiseitegelegt",
  done_distinct: "Das sind keine Duplikate",
  done_open: "Die Entscheidung ist zurückgenommen",
  undo: "Rückgängig",
  more: "Mehr zeigen",
  next: "Nächste Gruppe",
  previous: "Vorige Gruppe",
  pickNumber: (n) => `Bild ${n} behalten`,
});
