// German, of the alarm about imports.
import { plural, translate } from "@/i18n/messages";
import type { messages } from "@/ui/driftMessages";

translate<typeof messages>("drift", "de", {
  title: "Importierte Bilder sehen anders aus",
  text: (flagged, count, usual, project) =>
    `${flagged} von ${plural(count, { one: "# Bild", other: "# Bildern" })} eines Imports sehen anders aus als das, was in ${project} gelabelt ist; üblich wären ${usual}.`,
  look: "Ansehen",
});
