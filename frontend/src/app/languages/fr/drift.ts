// French, of the alarm about imports.
import { plural, translate } from "@/i18n/messages";
import type { messages } from "@/ui/driftMessages";

translate<typeof messages>("drift", "fr", {
  title: "Des images importées diffèrent",
  text: (flagged, count, usual, project) =>
    `${flagged} sur ${plural(count, { one: "# image", other: "# images" })} d’un import ne ressemblent pas à ce qui est étiqueté dans ${project} ; d’habitude, c’est ${usual}.`,
  look: "Les regarder",
});
