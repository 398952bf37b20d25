// German, of items that look like nothing labeled.
import type { messages as foreign } from "@/features/foreign/messages";
import { plural, translate } from "@/i18n/messages";

const images = (n: number) => plural(n, { one: "# Bild", other: "# Bilder" });

translate<typeof foreign>("foreign", "de", {
  title: "Fremde Bilder",
  description: "Bilder, die nichts bisher Gelabeltem gleichen, die seltsamsten zuerst.",
  onlyLeads: "Nur Verantwortliche und Prüfende sehen fremde Bilder.",
  onlyChoice: "Nur Fragen mit einer Auswahl von Labeln sagen, was dazugehört.",
  off: "Niemand sucht nach fremden Bildern",
  offText:
    "Dieses Projekt fragt nach jedem Bild, wenn es an der Reihe ist. In den Einstellungen lässt sich das ändern.",
  toSettings: "Zu den Einstellungen",
  notYet: "Die Bilder sind noch nicht beurteilt",
  notYetText: (least) =>
    `Das geschieht von selbst, sobald ein Modell im Einsatz ist, das aus mindestens ${least} Labeln gelernt hat.`,
  judge: "Jetzt beurteilen",
  again: "Neu beurteilen",
  asOf: (when, judged, references) =>
    `Stand ${when}: ${images(judged)} mit ${references} gelabelten verglichen`,
  lane: "Welche Bilder",
  waiting: (n) => `Anzusehen · ${n}`,
  aside: (n) => `Beiseitegelegt · ${n}`,
  belongs: (n) => `Gehören dazu · ${n}`,
  none_waiting: "Nichts Seltsames wartet auf Sie",
  none_aside: "Nichts ist beiseitegelegt",
  none_belongs: "Noch hat sich niemand für ein Bild verbürgt",
  noneText_waiting: "Jedes auffällige Bild wurde angesehen.",
  noneText_aside: "Was Sie beiseitelegen, bleibt hier und lässt sich jederzeit zurückholen.",
  noneText_belongs: "Was nach Ihrem Wort dazugehört, wird wie jedes andere Bild gefragt.",
  kept_last: (n) =>
    `${plural(n, { one: "# davon ist", other: "# davon sind" })} so seltsam, dass Labelnde zuletzt danach gefragt werden, bis Sie hingesehen haben.`,
  kept_aside: (n) =>
    `${plural(n, { one: "# davon ist", other: "# davon sind" })} so seltsam, dass niemand danach gefragt wird, bis Sie hingesehen haben.`,
  clean: (share) =>
    `Auch von Bildern, die dazugehören, fallen ${share} auf: Einige hier sind zu erwarten.`,
  select: "Klicken Sie die gemeinten Bilder an; Umschalt und Klick nimmt einen ganzen Bereich.",
  selected: (n) => `${images(n)} gewählt`,
  selectAll: "Alle gezeigten wählen",
  selectNone: "Keines wählen",
  doBelongs: "Gehören dazu",
  doAside: "Beiseitelegen",
  doWaiting: "Zurückholen",
  done_belongs: (n) => `${images(n)} wieder in der Warteschlange`,
  done_aside: (n) => `${images(n)} beiseitegelegt`,
  done_waiting: (n) => `${images(n)} wieder anzusehen`,
  undo: "Rückgängig",
  tiles: "Bilder",
  tile: (name, chance) => `${name}: ${chance} der gelabelten Bilder sind so seltsam`,
  chance: (share) => `p ${share}`,
  rare: "p < 0,1 %",
  more: "Mehr zeigen",
  drift: "Die neuesten Bilder sehen anders aus",
  driftText: (flagged, count, usual) =>
    `${flagged} von ${plural(count, { one: "# Bild", other: "# Bildern" })} eines Imports fallen auf, üblich wären ${usual}. Sehen Sie nach, ob eine andere Art von Bildern oder ein anderer Scanner dazukam.`,
  imports: "Nach Import",
  import: "Import",
  items: "Bilder",
  flagged: "Auffällig",
  verdict: "Urteil",
  drifts: "Driftet",
  usual: "Wie üblich",
  few: "Zu wenige für eine Aussage",
  before: "Bevor Importe vermerkt wurden",
  skipped: (n) =>
    plural(n, {
      one: "# Bild konnte nicht gelesen werden",
      other: "# Bilder konnten nicht gelesen werden",
    }),
});
