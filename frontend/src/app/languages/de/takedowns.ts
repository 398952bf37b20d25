// German, of takedowns.
import type { messages as takedowns } from "@/features/takedowns/messages";
import { plural, translate } from "@/i18n/messages";

translate<typeof takedowns>("takedowns", "de", {
  title: "Bilder entfernen",
  text: "Für jemanden, der seine Einwilligung zurückzieht: Bilder, Antworten und alles, was daraus wurde, werden endgültig gelöscht.",
  toDataset: "Zurück zum Datensatz",
  onlyOwner: "Nur wem der Datensatz gehört, oder wer verwaltet, darf Bilder entfernen.",
  which: "Welche Bilder",
  by: "Auswählen nach",
  by_group: "Gruppe",
  by_items: "Nummern",
  group: "Gruppe",
  groupHint: "Schreiber, Person oder Seite, so wie bei den Bildern angegeben",
  numbers: "Nummern der Bilder",
  numbersHint: "Durch Kommas getrennt",
  noNumber: (text: string) => `„${text}“ ist keine Nummer eines Bildes.`,
  byFilters: "Alle Bilder, die die Seite der Bilder mit diesen Filtern gezeigt hat:",
  allOf: "Alle Bilder des Projekts",
  other: "Andere auswählen",
  everywhere: "Auch Kopien derselben Dateien in allen Datensätzen",
  look: "Zeigen, was gelöscht würde",
  nothing: "Nichts passt.",
  would: "Was gelöscht würde",
  projects: "Projekte",
  releases: "Freigaben",
  releasesText: "Sie behalten ihre Prüfsumme; für jedes Bild steht ein Grabstein.",
  exports: "Dateien von Exporten",
  exportsText: "Alle Dateien dieser Projekte werden gelöscht; exportieren Sie ohne die Bilder neu.",
  none: "Keine",
  modelsBefore:
    "Modelle behalten, was sie gelernt haben. Danach steht hier, welche die Bilder gesehen haben.",
  sure: "Endgültig löschen",
  reason: "Grund",
  reasonHint: "Wird aufbewahrt; schreiben Sie keine Namen",
  started: "Die Bilder werden gelöscht.",
  before: "Bisher entfernt",
  noneBefore: "Nichts wurde entfernt",
  noneBeforeText: "Was hier gelöscht wird, ist aufgeführt, ohne zu sagen, was es war.",
  when: "Wann",
  who: "Von",
  what: "Was",
  everywhereTag: "In allen Datensätzen",
  running: "Wird gelöscht",
  failed: "Fehlgeschlagen",
  models: "Modelle, die daraus gelernt haben",
  retrain: "Ein neues trainieren",
  lift: "Wieder zulassen",
  liftTitle: "Diese Dateien wieder zulassen?",
  liftText: "Nichts kommt von selbst zurück; Importe lehnen dieselben Dateien nicht mehr ab.",
  items: (n) => plural(n, { one: "# Bild", other: "# Bilder" }),
  withVotes: (n) => `mit ${plural(n, { one: "# Stimme", other: "# Stimmen" })}`,
  inProject: (tasks, n) =>
    `${plural(tasks, { one: "# Bild", other: "# Bilder" })}, ${plural(n, { one: "# Stimme", other: "# Stimmen" })}`,
  lines: (n) =>
    plural(n, {
      one: "# davon ist eine Zeile, die aus einer gewählten Seite geschnitten wurde.",
      other: "# davon sind Zeilen, die aus gewählten Seiten geschnitten wurden.",
    }),
  shownOnPages: (n) =>
    plural(n, {
      one: "# Zeile ist auf ihrer Seite weiter zu sehen, denn die bleibt. Wählen Sie auch die Seite.",
      other:
        "# Zeilen sind auf ihren Seiten weiter zu sehen, denn die bleiben. Wählen Sie auch die Seiten.",
    }),
  elsewhere: (n) =>
    plural(n, {
      one: "# Bild eines anderen Datensatzes ist dieselbe Datei und bleibt.",
      other: "# Bilder anderer Datensätze sind dieselben Dateien und bleiben.",
    }),
  confirm: (name) => `Tippen Sie zur Bestätigung den Namen des Datensatzes: ${name}`,
  go: (n) => plural(n, { one: "# Bild endgültig löschen", other: "# Bilder endgültig löschen" }),
  learned: (version, project, n) =>
    `Version ${version} von ${project}, aus ${plural(n, { one: "# Bild", other: "# Bildern" })}`,
  lifted: (n) =>
    plural(n, {
      one: "# Datei ist wieder zugelassen.",
      other: "# Dateien sind wieder zugelassen.",
    }),
});
