// German, of the overview, the labelers, the grid and label errors.
import type { messages as grid } from "@/features/grid/messages";
import type { messages as offline } from "@/features/label/offline/messages";
import type { messages as labelErrors } from "@/features/label-errors/messages";
import type { messages as labelers } from "@/features/labelers/messages";
import type { messages as overview } from "@/features/overview/messages";
import { formatNumber, formatTime, plural, translate } from "@/i18n/messages";

const answers = (n: number) => plural(n, { one: "# Antwort", other: "# Antworten" });
const images = (n: number) => plural(n, { one: "# Bild", other: "# Bilder" });

translate<typeof overview>("overview", "de", {
  label: "Labeln",
  paused: "Das Labeln pausiert: Niemand bekommt neue Aufgaben.",
  finished: "Das Labeln ist beendet.",
  archived: "Dieses Projekt ist archiviert.",
  toSettings: "Einstellungen",
  noPairs: "Noch sind keine Paare gewählt, also wird niemand etwas gefragt.",
  choosePairs: "Paare wählen",
  noItems:
    "Noch wird niemand etwas gefragt. Gefragt wird nach den Bildern des Datensatzes; viele brauchen einen Moment.",
  addImages: "Bilder hinzufügen",
  settled: "Entschieden",
  settledOf: (settled, tasks) =>
    `${formatNumber(settled)} von ${plural(tasks, { one: "# Aufgabe", other: "# Aufgaben" })}`,
  disputed: "Strittig",
  waitForReview: "warten auf Prüfung",
  nothingToReview: "nichts zu prüfen",
  votes: "Stimmen",
  votesPerTask: (votes) => `${votes} je entschiedener Aufgabe`,
  agreement: "Übereinstimmung (α)",
  agreementNote: (low, high) => `95-%-Intervall ${low} – ${high}`,
  agreementPairs: (percent) => `${percent} der Paare stimmen überein`,
  tooFewVotes: "zu wenige Stimmen für eine Aussage",
  model: "Trefferquote des Modells",
  modelNote: (range, holdout) => `${range} auf ${formatNumber(holdout)} zurückgehaltenen`,
  version: (version) => `Version ${version}`,
  noModel: "noch nicht trainiert",
  noHoldout: "noch nichts zurückgehalten",
  finish: "Voraussichtlich fertig",
  finishDone: "Fertig",
  votesLeft: (n) => plural(n, { one: "noch etwa # Stimme", other: "noch etwa # Stimmen" }),
  noForecast: "braucht erst einige Stimmen",
  done: "alles erledigt",
  curve: "Was die Auswahl durch das Modell wert ist",
  curveTitle: "Trefferquote über Stimmen, aktiv gegen zufällig",
  curveHint:
    "Trefferquote auf Bildern, die zufällig gezogen und nie zum Training benutzt wurden. Der Zufallsarm zeigt, was dasselbe Rezept ohne Auswahl lernt.",
  curveEmpty: "Die Kurve beginnt mit dem ersten Modell",
  curveEmptyText: (missing) =>
    missing > 0
      ? `Ein Modell wird von selbst trainiert, sobald 20 Aufgaben entschieden sind: ${formatNumber(missing)} fehlen noch.`
      : "Genug Aufgaben sind entschieden. Das erste Modell wird gerade trainiert.",
  alongVotes: "Stimmen",
  alongLabels: "Gelabelte Bilder",
  along: "Worüber die Kurve läuft",
  saved: "Bisher gesparte Stimmen",
  savedRange: (low, high, open) =>
    open ? `95 %: ${low} bis ${high} oder mehr` : `95 %: ${low} bis ${high}`,
  nextGain: "Von den nächsten 100 Stimmen",
  points: (points) => `${points} Punkte`,
  gainRange: (low, high) => `95 %: ${low} bis ${high} Punkte`,
  tooFew: "braucht drei Modelle jeder Art",
  withoutModel: "Ohne das Wort des Modells",
  differ: (differ, tasks) =>
    `${formatNumber(differ)} von ${plural(tasks, { one: "# Label wäre anders", other: "# Labeln wären anders" })}`,
  known: (known, right, alone) =>
    `von ${plural(known, { one: "# bekannten Antwort", other: "# bekannten Antworten" })}: ${formatNumber(right)} richtig mit ihm, ${formatNumber(alone)} ohne`,
  noKnown: "noch ist keine Antwort sicher bekannt",
  mayStop: "Sie können aufhören",
  goOn: "Weitermachen",
  progress: "Fortschritt",
  open: "Offen",
  queue: "Warteschlange",
  free: "Frei zum Labeln",
  held: "Gerade bei Labelnden",
  nextFree: "Die nächste wird frei in",
  pace: "Stimmen pro Stunde",
  lastDay: "letzte 24 Stunden",
  now: "jetzt",
  dayAgo: "vor 24 h",
  labelers: "Labelnde",
  yourVotes: "Ihre Stimmen",
  compared: (n) => plural(n, { one: "bei # Antwort", other: "bei # Antworten" }),
  timePerAnswer: "Zeit pro Antwort",
  name: "Name",
  skill: "Richtige Antworten",
  skillHint: "Anteil richtiger Antworten aus Sicht des Konsenses, mit 95-%-Intervall",
  agreementOthers: "Mit anderen",
  agreementHint: "Anteil der Antworten, die auch die meisten anderen gaben",
  time: "Zeit",
  timeHint: "Median der Zeit pro Antwort in letzter Zeit",
  seconds: (n) => `${n} s`,
  noVotes: "Noch keine Stimmen",
  noVotesText: "Sobald gelabelt wird, erscheinen hier die Zahlen.",
  invite: "Labelnde einladen",
  distribution: "Entschiedene Label",
  distributionEmpty: "Noch ist nichts entschieden",
  guidelines: "Anleitung",
  noGuidelines: "Dieses Projekt hat keine Anleitung. Melden Sie, was unklar ist.",
  agreementLike: (percent) => `Paare sind zu ${percent} gleich`,
  agreementSince: (note, n) =>
    `${note}, ohne ${plural(n, { one: "# neuere Antwort", other: "# neuere Antworten" })}`,
});

translate<typeof labelers>("labelers", "de", {
  title: "Labelnde",
  description: "Wie gut, wie einig und wie schnell jede Person ist, nach ihren Stimmen.",
  ownTitle: "Meine Zahlen",
  ownDescription: "Was die Stimmen über Ihre eigene Arbeit sagen. Andere werden nicht gezeigt.",
  onlyLeads: "Nur Verantwortliche und Prüfende sehen die Zahlen der Labelnden.",
  none: "Noch hat niemand geantwortet",
  invite: "Labelnde einladen",
  noneText: "Sobald mehrere dieselben Bilder beantworten, lassen sie sich hier vergleichen.",
  notYet: "Die Zahlen sind noch nicht berechnet",
  notYetText:
    "Ein Worker tut das binnen einer Minute nach den ersten Stimmen. Sie können es auch jetzt anstoßen.",
  compute: "Jetzt berechnen",
  refresh: "Aktualisieren",
  asOf: (when, votes) =>
    `Stand ${when}, aus ${plural(votes, { one: "# Stimme", other: "# Stimmen" })}`,
  outOfDate: "Seitdem sind neue Stimmen gekommen.",
  sampled: "Die Übereinstimmung stammt aus einem festen Teil der Bilder.",
  name: "Name",
  votes: "Stimmen",
  skill: "Können",
  skillHint: "Anteil richtiger Antworten nach dem Konsens",
  agreement: "Einig mit den anderen",
  agreementHint: "Mit dem Konsens aller anderen: die eigene Stimme zählt nicht mit",
  worth: "Über dem Zufall",
  worthHint:
    "Übereinstimmung mit den anderen, abzüglich dessen, was die eigenen Gewohnheiten zufällig ergeben: Immer dieselbe Antwort ist 0 % wert. Abgeschriebenes zählt nicht.",
  time: "Pro Antwort",
  perHour: "Pro Stunde",
  gold: "Gold",
  goldHint: "Richtig bei Goldbildern",
  seconds: (text) => `${text} s`,
  paused: "Pausiert",
  left: "Ausgeschieden",
  notCounted: "Zählt nicht",
  drifting: "Wird schlechter",
  improving: "Wird besser",
  spammer: "Nicht besser als Zufall",
  copies: (name) => `Antwortet wie ${name}`,
  copiesText: (name, share, odd) =>
    `Von ${answers(odd)} von ${name}, die sonst kaum jemand gab, wurden ${share} mehr wiederholt, als der Zufall erklärt.`,
  tooFew: (least) => `Erst weniger als ${formatNumber(least)} Antworten sind vergleichbar.`,
  alpha: "Krippendorffs Alpha",
  alphaNote: (low, high) => `95-%-Intervall ${low} bis ${high}`,
  percentAlike: "Gleiche Stimmenpaare",
  labelers: "Labelnde",
  pairs: "Jedes Paar",
  pairsHint:
    "Cohens Kappa zweier Labelnder auf den Bildern, die beide beantwortet haben, ab 30 gemeinsamen. 1 ist volle Übereinstimmung, 0 ist Zufall.",
  pairsBusiest: (n) => `Die ${formatNumber(n)} mit den meisten Stimmen.`,
  noPairs: "Noch haben keine zwei Labelnden dasselbe Bild beantwortet.",
  pairCell: (a, b, kappa, low, high, common) =>
    `${a} und ${b}: Kappa ${kappa} (${low} bis ${high}) auf ${plural(common, { one: "# Bild", other: "# Bildern" })}`,
  pairFew: (a, b, common) =>
    `${a} und ${b}: nur ${plural(common, { one: "# gemeinsames Bild", other: "# gemeinsame Bilder" })}`,
  back: "Alle Labelnden",
  weeks: "Woche für Woche",
  week: "Woche vom",
  answers: "Antworten",
  driftDown: (change) => `${change} in der letzten Woche, verglichen mit allen davor`,
  driftSame: "Die letzte Woche unterscheidet sich nicht erkennbar von denen davor.",
  driftUnknown: "Noch zu wenig, um Wochen zu vergleichen.",
  confusion: "Was wofür geantwortet wird",
  confusionHint:
    "Wahr ist, was bei der Prüfung oder durch Gold entschieden wurde, sonst was die anderen sagen.",
  confusionNone: "Antworten dieser Art haben keine Klassen, die sich verwechseln lassen.",
  withOthers: "Mit allen anderen Labelnden",
  other: "Person",
  common: "Gemeinsame Bilder",
  kappa: "Kappa",
  chance: "Über dem Zufall",
  onAnswers: (range, n) => `${range} bei ${plural(n, { one: "# Antwort", other: "# Antworten" })}`,
  since: (from, to) => `${from} – ${to}`,
  steady: "Beständig",
  steadyHint:
    "Wie ähnlich eine zweite Antwort der ersten ist, wo unbemerkt dasselbe noch einmal gefragt wurde",
  steadyNote: (range, n) =>
    `${range} bei ${plural(n, { one: "# Wiederholung", other: "# Wiederholungen" })}`,
  steadyGap: (hours) =>
    hours < 1
      ? `${formatNumber(Math.round(hours * 60))} min auseinander`
      : hours < 48
        ? `${formatNumber(Math.round(hours))} h auseinander`
        : `${formatNumber(Math.round(hours / 24))} Tage auseinander`,
  sessions: "Nach der Minute einer Sitzung",
  sessionsHint: "Eine Sitzung endet nach zwanzig Minuten ohne Antwort.",
  minute: "Minute",
  minutes: (from, to) => `${formatNumber(from)} – ${formatNumber(to)}`,
  minutesFrom: (from) => `${formatNumber(from)} und später`,
  tired: (change) =>
    `${change} Übereinstimmung nach einer halben Stunde, verglichen mit den ersten 15 Minuten.`,
  tiredSame: "Späte Antworten unterscheiden sich nicht erkennbar von frühen.",
  tiredUnknown: "Noch zu wenige späte Antworten für eine Aussage.",
});

translate<typeof grid>("grid", "de", {
  title: "Raster",
  by: "Gruppiert nach",
  by_model: "Modell",
  by_consensus: "bisherigen Stimmen",
  group: "Sieht aus wie",
  groupOption: (label, n) => `${label} (${formatNumber(n)})`,
  tiles: "Bilder",
  confirm: (n, label) => `${formatNumber(n)} als ${label} bestätigen`,
  leftOut: (n) => `${formatNumber(n)} ausgelassen`,
  seenOf: (seen, all) => `${formatNumber(seen)} von ${all} gesehen`,
  waiting: (n) =>
    plural(n, {
      one: "# Stimme wird gleich gesendet",
      other: "# Stimmen werden gleich gesendet",
    }),
  undo: "Rückgängig",
  kept: (n) => plural(n, { one: "# Stimme gespeichert", other: "# Stimmen gespeichert" }),
  notKept: (n) => plural(n, { one: "# Bild ging an andere", other: "# Bilder gingen an andere" }),
  toggle: "Auslassen oder wieder aufnehmen",
  clear: "Keines auslassen",
  tile: (name, out) => (out ? `${name}, ausgelassen` : name),
  empty: "Nichts zu bestätigen",
  emptyModel:
    "Bilder kommen hierher, sobald ein Modell gesagt hat, was sie zeigen. Bis dahin beantworten Sie sie einzeln.",
  emptyConsensus:
    "Bilder kommen hierher, sobald jemand sie beantwortet hat und weitere Antworten gewünscht sind.",
  oneByOne: "Einzeln beantworten",
  done: "Sie sind mit dieser Gruppe durch",
  notChoice: "Im Raster lassen sich nur Fragen mit einem Label je Bild beantworten.",
});

translate<typeof labelErrors>("labelErrors", "de", {
  title: "Labelfehler",
  description:
    "Entschiedene Label, an denen Modell, Nachbarn oder Stimmen zweifeln, das schlimmste zuerst.",
  onlyLeads: "Nur Verantwortliche und Prüfende sehen zweifelhafte Label.",
  notYet: "Die Label sind noch nicht beurteilt",
  notYetText:
    "Ein Modell, das ein Label nie gesehen hat, und die ähnlichsten Bilder sagen, ob es passt. Ein Worker braucht dafür eine Minute.",
  search: "Falsche Label suchen",
  again: "Noch einmal suchen",
  asOf: (when, judged) =>
    `Stand ${when}, ${plural(judged, { one: "# Label", other: "# Label" })} beurteilt`,
  none: "Kein Label fällt auf",
  noneText: "Jedes beurteilte Label passt zu seinem Bild, oder ein Mensch hat es angesehen.",
  runs: "Mehrere hintereinander: Ist eine Datei verschoben?",
  run: (first, last, wrong, items) =>
    `${first} bis ${last}: ${wrong} von ${plural(items, { one: "# Label sieht", other: "# Labeln sehen" })} falsch aus`,
  slip: (places) =>
    `die Label scheinen um ${plural(Math.abs(places), { one: "# Stelle", other: "# Stellen" })} verrutscht`,
  runHint: "Sehen Sie sich die importierte Liste an, bevor Sie sie einzeln berichtigen.",
  label: "Label",
  suggested: "Sieht aus wie",
  doubt: "Zweifel",
  why: "Warum",
  part_model: "Modell",
  part_neighbours: "Nachbarn",
  part_voters: "Stimmen",
  part_fit: "Passung",
  decided: "Bei der Prüfung entschieden",
  review: "Zur Prüfung",
  right: "Es stimmt",
  sent: "Zur Prüfung geschickt",
  imageOf: (name) => `${name} öffnen`,
});

translate<typeof offline>("offline", "de", {
  title: "Arbeiten ohne Netz",
  text: "Nehmen Sie Bilder mit, bevor Sie offline sind. Sie werden zwölf Stunden für Sie gehalten; Sie können die Seite inzwischen neu laden und schließen, und Ihre Antworten werden gesendet, sobald das Netz wieder da ist.",
  howMany: "Wie viele",
  items: images,
  take: "Mitnehmen",
  leasing: "Bilder werden geholt…",
  loading: (kept, of) => `Bilder werden geladen: ${formatNumber(kept)} von ${formatNumber(of)}`,
  ready: (left, until) =>
    `${plural(left, { one: "# Bild ist", other: "# Bilder sind" })} auf diesem Gerät, für Sie gehalten bis ${formatTime(until)}.`,
  large: (n, side) =>
    plural(n, {
      one: `# davon ist sehr groß: Ohne Verbindung ist es ganz zu sehen, mit ${side} Pixeln an der längeren Seite. Näher heran geht es nur mit Verbindung.`,
      other: `# davon sind sehr groß: Ohne Verbindung sind sie ganz zu sehen, mit ${side} Pixeln an der längeren Seite. Näher heran geht es nur mit Verbindung.`,
    }),
  readySaid: (left) => `${images(left)} auf diesem Gerät. Sie können jetzt offline gehen.`,
  partial: "Noch ist nicht alles auf diesem Gerät. Bleiben Sie im Netz, um den Rest zu laden.",
  finish: "Rest laden",
  giveBack: "Rest zurückgeben",
  offline: "Gerade gibt es kein Netz. Machen Sie weiter: Nichts geht verloren.",
  waiting: "Erst müssen Ihre Antworten ankommen; dann lässt sich der Rest zurückgeben.",
  nothing: "Es gibt nichts zum Mitnehmen.",
  failed: (why) => `Das hat nicht geklappt: ${why}`,
  noRoom: "Auf diesem Gerät ist nicht genug Platz.",
  unable: "Dieser Browser behält Seiten nur unter einer sicheren Adresse (https).",
});
