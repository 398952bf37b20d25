// German, of what labelers are shown before they answer, and what that does to their answers.
import type { messages as prelabels } from "@/features/projects/prelabelMessages";
import type { messages as anchoring } from "@/features/quality/anchoringMessages";
import { plural, translate } from "@/i18n/messages";

translate<typeof prelabels>("prelabels", "de", {
  section: "Vorschläge",
  intro:
    "Labelnde können vor ihrer Antwort sehen, wofür ein Modell oder ein Import ein Bild hält. Das spart Zeit, und es zieht Antworten zum Vorschlag hin, auch wo er falsch ist.",
  whose: "Wessen Vorschläge gezeigt werden",
  off: "Keine",
  model: "Die des Modells",
  imported: "Importierte",
  any: "Beide",
  offText: "Labelnde antworten ohne Hilfe. Das ist am sichersten.",
  modelText:
    "Was die eingesetzte Version zu einem Bild sagt, mit ihrer Nummer und wie sicher sie ist.",
  importedText: "Was mit einem Import als Vorschlag kam.",
  anyText: "Die des Modells, und importierte, wo das Modell nichts sagt.",
  hidden: "Durch das Los verborgen",
  hiddenHint:
    "In Prozent. Antworten ohne Vorschlag zeigen, was die anderen Antworten dem ihren verdanken.",
  hiddenNone:
    "Ist keiner verborgen, kann niemand sagen, was die Vorschläge mit den Antworten machen.",
  hiddenWrong: "Ein Prozentsatz von 0 bis 100.",
  rules:
    "Ein Vorschlag wird erst zur Antwort, wenn er übernommen wird. Zufällig gezogene Bilder haben nie einen. Wo jemand den Vorschlag des Modells sah, hat das Modell selbst keine Stimme.",
  save: "Vorschläge speichern",
  saved: "Gespeichert",
  effect: "Was die Vorschläge mit den Antworten machen",
});

translate<typeof anchoring>("anchoring", "de", {
  description: "Was Vorschläge mit den Antworten derer machen, die sie sehen.",
  none: "Noch wurde kein Bild mit einem Vorschlag beantwortet",
  noneOff:
    "Labelnden werden keine Vorschläge gezeigt. Die Einstellungen sagen, was das bringen und kosten würde.",
  noneOn: "Zahlen erscheinen, sobald solche Bilder beantwortet sind.",
  settings: "Einstellungen öffnen",
  text: "Das Los verbirgt einige Vorschläge. Bilder und Leute sind dieselben; was Antworten mit sichtbarem Vorschlag von denen ohne unterscheidet, hat also der Vorschlag bewirkt.",
  latest: (n) =>
    plural(n, { one: "Aus der letzten Antwort.", other: "Aus den letzten # Antworten." }),
  truth:
    "Richtig ist, was eine bekannte Antwort, eine Prüfung oder mindestens zwei Labelnde sagen. Auch diese Labelnden können Vorschläge gesehen haben; Fehler durch Vorschläge werden also eher zu niedrig angegeben.",
  astray: (points, range) =>
    `Wo der Vorschlag falsch war, irrt öfter, wer ihn sieht: um ${points} Punkte (${range}).`,
  astrayNot: (points, range) =>
    `Wo der Vorschlag falsch war, ändert sein Anblick die Fehler um ${points} Punkte (${range}): keine Wirkung erkennbar.`,
  astrayLess: (points, range) =>
    `Wo der Vorschlag falsch war, irrt seltener, wer ihn sieht: um ${points} Punkte (${range}).`,
  astrayFew:
    "Zu wenige falsche Vorschläge wurden mit und ohne Sicht auf sie beantwortet, um ihren Schaden zu nennen.",
  faster: (ratio, range) =>
    `Mit sichtbarem Vorschlag braucht eine Antwort ${ratio} der Zeit (${range}).`,
  slower: (ratio, range) =>
    `Mit sichtbarem Vorschlag dauert eine Antwort länger: ${ratio} der Zeit (${range}).`,
  sameTime: (ratio, range) =>
    `Mit sichtbarem Vorschlag braucht eine Antwort ${ratio} der Zeit (${range}): kein Unterschied erkennbar.`,
  shownTile: "Vorschlag sichtbar",
  hiddenTile: "Durch das Los verborgen",
  takenTile: "Übernommen",
  takenNote: "mit der Taste oder Schaltfläche dafür",
  table: "Mit und ohne Vorschlag",
  what: "Was",
  shown: "Sichtbar",
  hidden: "Verborgen",
  difference: "Unterschied",
  same: "Antwortet wie der Vorschlag",
  error: "Falsch",
  led_astray: "Falsch, wo der Vorschlag falsch ist",
  helped: "Falsch, wo der Vorschlag richtig ist",
  time: "Zeit (Median)",
  seconds: (n) => `${n} s`,
  points: (n) => `${n} Punkte`,
  labelers: "Labelnde",
  labelersText:
    "Zu jeder Person: wie viel öfter sie dem zustimmt, was sie sieht, und wie viel öfter sie irrt, wo es falsch ist.",
  labeler: "Person",
  answers: "Sichtbar / verborgen",
  moreAlike: "Mehr Zustimmung",
  moreWrong: "Mehr Fehler, wo es falsch ist",
  pace: "Zeit",
});
