// German, of pictures that stand with labels.
import type { messages as examples } from "@/features/projects/exampleMessages";
import { translate } from "@/i18n/messages";

translate<typeof examples>("examples", "de", {
  section: "Beispielbilder",
  intro:
    "Je ein Bild für jedes Label, das alle Labelnden neben den Richtlinien sehen. Ein Bild, nach dem sie auch gefragt werden, verrät seine Antwort: besser eines aus einem anderen Datensatz nehmen oder eines, das entschieden ist.",
  none: "Kein Bild",
  choose: "Wählen…",
  replace: "Ändern…",
  drop: "Entfernen",
  chooseFor: (label) => `Das Beispiel für ${label} wählen`,
  dropOf: (label) => `Das Beispiel für ${label} entfernen`,
  pictureOf: (label) => `Beispiel für ${label}`,
  pickTitle: (label) => `Ein Bild, das ${label} zeigt`,
  dataset: "Datensatz",
  search: "Dateiname",
  ownPicture: "Ein eigenes Bild wird zuerst in einen Datensatz hochgeladen.",
  openDataset: "Diesen Datensatz öffnen",
  pictures: "Bilder",
  noMatch: "Kein Bild hat das im Namen.",
  more: "Mehr zeigen",
});
