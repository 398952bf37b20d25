// French, of the overview, the labelers, the grid and label errors.
import type { messages as grid } from "@/features/grid/messages";
import type { messages as offline } from "@/features/label/offline/messages";
import type { messages as labelErrors } from "@/features/label-errors/messages";
import type { messages as labelers } from "@/features/labelers/messages";
import type { messages as overview } from "@/features/overview/messages";
import { formatNumber, formatTime, plural, translate } from "@/i18n/messages";

const answers = (n: number) => plural(n, { one: "# réponse", other: "# réponses" });
const images = (n: number) => plural(n, { one: "# image", other: "# images" });
const votes = (n: number) => plural(n, { one: "# vote", other: "# votes" });
const labels = (n: number) => plural(n, { one: "# étiquette", other: "# étiquettes" });

translate<typeof overview>("overview", "fr", {
  label: "Annoter",
  paused: "L’annotation est suspendue : personne ne reçoit de nouvelle tâche.",
  finished: "L’annotation est terminée.",
  archived: "Ce projet est archivé.",
  toSettings: "Réglages",
  noPairs: "Aucune paire n’est encore choisie : personne n’a de question.",
  choosePairs: "Choisir des paires",
  noItems:
    "Personne n’a encore de question. Elles portent sur les images du jeu de données ; beaucoup d’images demandent un moment.",
  addImages: "Ajouter des images",
  settled: "Décidées",
  settledOf: (settled, tasks) =>
    `${formatNumber(settled)} sur ${plural(tasks, { one: "# tâche", other: "# tâches" })}`,
  disputed: "Litigieuses",
  waitForReview: "attendent une relecture",
  nothingToReview: "rien à relire",
  votes: "Votes",
  votesPerTask: (votes) => `${votes} par tâche décidée`,
  agreement: "Accord (α)",
  agreementNote: (low, high) => `intervalle à 95 % : ${low} – ${high}`,
  agreementPairs: (percent) => `${percent} des paires concordent`,
  tooFewVotes: "trop peu de votes pour le dire",
  model: "Exactitude du modèle",
  modelNote: (range, holdout) => `${range} sur ${formatNumber(holdout)} mises de côté`,
  version: (version) => `version ${version}`,
  noModel: "pas encore entraîné",
  noHoldout: "rien n’est encore mis de côté",
  finish: "Sera terminé",
  finishDone: "Terminé",
  votesLeft: (n) => plural(n, { one: "encore # vote environ", other: "encore # votes environ" }),
  noForecast: "il faut d’abord quelques votes",
  done: "tout est fait",
  curve: "Ce que vaut le choix du modèle",
  curveTitle: "Exactitude selon les votes, actif contre aléatoire",
  curveHint:
    "Exactitude sur des images tirées au hasard et jamais apprises. Le bras aléatoire montre ce que la même recette apprend sans choisir.",
  curveEmpty: "La courbe commence avec le premier modèle",
  curveEmptyText: (missing) =>
    missing > 0
      ? `Un modèle s’entraîne de lui-même dès que 20 tâches sont décidées : il en manque ${formatNumber(missing)}.`
      : "Assez de tâches sont décidées. Le premier modèle s’entraîne.",
  alongVotes: "Votes",
  alongLabels: "Images annotées",
  along: "Ce que suit la courbe",
  saved: "Votes épargnés jusqu’ici",
  savedRange: (low, high, open) =>
    open ? `95 % : de ${low} à ${high} ou plus` : `95 % : de ${low} à ${high}`,
  nextGain: "Des 100 prochains votes",
  points: (points) => `${points} points`,
  gainRange: (low, high) => `95 % : de ${low} à ${high} points`,
  tooFew: "il faut trois modèles de chaque sorte",
  withoutModel: "Sans la voix du modèle",
  differ: (differ, tasks) =>
    `${formatNumber(differ)} sur ${plural(tasks, { one: "# étiquette diffère", other: "# étiquettes diffèrent" })}`,
  known: (known, right, alone) =>
    `sur ${plural(known, { one: "# réponse connue", other: "# réponses connues" })} : ${formatNumber(right)} justes avec lui, ${formatNumber(alone)} sans`,
  noKnown: "aucune réponse n’est encore connue avec certitude",
  mayStop: "Vous pouvez arrêter",
  goOn: "Continuer",
  progress: "Avancement",
  open: "Ouvertes",
  queue: "File d’attente",
  free: "Libres à annoter",
  held: "Chez des annotateurs en ce moment",
  nextFree: "La prochaine sera libre dans",
  pace: "Votes par heure",
  lastDay: "dernières 24 heures",
  now: "maintenant",
  dayAgo: "il y a 24 h",
  labelers: "Annotateurs",
  yourVotes: "Vos votes",
  compared: (n) => plural(n, { one: "sur # réponse", other: "sur # réponses" }),
  timePerAnswer: "Temps par réponse",
  name: "Nom",
  skill: "Réponses justes",
  skillHint: "Part de réponses justes aux yeux du consensus, avec son intervalle à 95 %",
  agreementOthers: "Avec les autres",
  agreementHint: "Part des réponses que la plupart des autres ont données aussi",
  time: "Temps",
  timeHint: "Temps médian par réponse, récemment",
  seconds: (n) => `${n} s`,
  noVotes: "Pas encore de votes",
  noVotesText: "Dès que l’on annote, les chiffres paraissent ici.",
  invite: "Inviter des annotateurs",
  distribution: "Étiquettes décidées",
  distributionEmpty: "Rien n’est encore décidé",
  guidelines: "Consignes",
  noGuidelines: "Ce projet n’a pas de consignes. Signalez ce qui n’est pas clair.",
  agreementLike: (percent) => `des paires semblables à ${percent}`,
  agreementSince: (note, n) =>
    `${note}, sans ${plural(n, { one: "# réponse plus récente", other: "# réponses plus récentes" })}`,
});

translate<typeof labelers>("labelers", "fr", {
  title: "Annotateurs",
  description: "Leur justesse, leur accord et leur rythme, d’après leurs votes.",
  ownTitle: "Mes chiffres",
  ownDescription:
    "Ce que les votes disent de votre propre travail. Celui des autres n’est pas montré.",
  onlyLeads: "Seuls les responsables et les relecteurs voient les chiffres des annotateurs.",
  none: "Personne n’a encore répondu",
  invite: "Inviter des annotateurs",
  noneText: "Dès que plusieurs répondent aux mêmes images, on peut les comparer ici.",
  notYet: "Les chiffres ne sont pas encore calculés",
  notYetText:
    "Un worker s’en charge dans la minute qui suit les premiers votes. Vous pouvez aussi le demander maintenant.",
  compute: "Calculer maintenant",
  refresh: "Actualiser",
  asOf: (when, n) => `État : ${when}, d’après ${votes(n)}`,
  outOfDate: "De nouveaux votes sont arrivés depuis.",
  sampled: "L’accord est pris sur une part fixe des images.",
  name: "Nom",
  votes: "Votes",
  skill: "Justesse",
  skillHint: "Part de réponses justes, d’après le consensus",
  agreement: "D’accord avec les autres",
  agreementHint: "Avec le consensus de tous les autres : le propre vote ne compte pas",
  worth: "Au-delà du hasard",
  worthHint:
    "Accord avec les autres, moins ce que les habitudes donnent par hasard : répondre toujours de même vaut 0 %. Ce qui est copié ne compte pas.",
  time: "Par réponse",
  perHour: "Par heure",
  gold: "Or",
  goldHint: "Justes sur les images d’or",
  seconds: (text) => `${text} s`,
  paused: "Suspendu",
  left: "Parti",
  notCounted: "Ne compte pas",
  drifting: "Se dégrade",
  improving: "S’améliore",
  spammer: "Pas mieux que le hasard",
  copies: (name) => `Répond comme ${name}`,
  copiesText: (name, share, odd) =>
    `Sur ${answers(odd)} de ${name} que presque personne d’autre n’a données, ${share} de plus ont été répétées que le hasard ne l’explique.`,
  tooFew: (least) => `Moins de ${formatNumber(least)} réponses sont comparables pour l’instant.`,
  alpha: "Alpha de Krippendorff",
  alphaNote: (low, high) => `intervalle à 95 % : ${low} à ${high}`,
  percentAlike: "Paires de votes égaux",
  labelers: "Annotateurs",
  pairs: "Chaque paire",
  pairsHint:
    "Kappa de Cohen de deux annotateurs sur les images auxquelles les deux ont répondu, dès 30 images communes. 1 est l’accord total, 0 le hasard.",
  pairsBusiest: (n) => `Les ${formatNumber(n)} qui ont le plus de votes.`,
  noPairs: "Deux annotateurs n’ont encore jamais répondu à la même image.",
  pairCell: (a, b, kappa, low, high, common) =>
    `${a} et ${b} : kappa ${kappa} (${low} à ${high}) sur ${images(common)}`,
  pairFew: (a, b, common) =>
    `${a} et ${b} : seulement ${plural(common, { one: "# image commune", other: "# images communes" })}`,
  back: "Tous les annotateurs",
  weeks: "Semaine après semaine",
  week: "Semaine du",
  answers: "Réponses",
  driftDown: (change) => `${change} la dernière semaine, par rapport à toutes les précédentes`,
  driftSame:
    "La dernière semaine ne diffère pas des précédentes, pour autant qu’on puisse le dire.",
  driftUnknown: "Encore trop peu pour comparer des semaines.",
  confusion: "Ce qui est répondu pour quoi",
  confusionHint: "Le vrai est ce qu’un relecteur ou l’or a décidé, sinon ce que disent les autres.",
  confusionNone: "Les réponses de ce type n’ont pas de classes que l’on pourrait confondre.",
  withOthers: "Avec chaque autre annotateur",
  other: "Annotateur",
  common: "Images communes",
  kappa: "Kappa",
  chance: "Au-delà du hasard",
  onAnswers: (range, n) => `${range} sur ${answers(n)}`,
  since: (from, to) => `${from} – ${to}`,
  steady: "Constant",
  steadyHint:
    "À quel point une seconde réponse ressemble à la première, là où la même question a été reposée sans le dire",
  steadyNote: (range, n) =>
    `${range} sur ${plural(n, { one: "# répétition", other: "# répétitions" })}`,
  steadyGap: (hours) =>
    hours < 1
      ? `à ${formatNumber(Math.round(hours * 60))} min d’intervalle`
      : hours < 48
        ? `à ${formatNumber(Math.round(hours))} h d’intervalle`
        : `à ${formatNumber(Math.round(hours / 24))} jours d’intervalle`,
  sessions: "Selon la minute d’une séance",
  sessionsHint: "Une séance finit après vingt minutes sans réponse.",
  minute: "Minute",
  minutes: (from, to) => `${formatNumber(from)} – ${formatNumber(to)}`,
  minutesFrom: (from) => `${formatNumber(from)} et plus`,
  tired: (change) =>
    `${change} d’accord après une demi-heure, par rapport aux 15 premières minutes.`,
  tiredSame:
    "Les réponses tardives ne diffèrent pas des premières, pour autant qu’on puisse le dire.",
  tiredUnknown: "Encore trop peu de réponses tardives pour le dire.",
});

translate<typeof grid>("grid", "fr", {
  title: "Grille",
  by: "Groupées par",
  by_model: "modèle",
  by_consensus: "votes jusqu’ici",
  group: "Ressemble à",
  groupOption: (label, n) => `${label} (${formatNumber(n)})`,
  tiles: "Images",
  confirm: (n, label) =>
    `${plural(n, { one: "En confirmer # comme", other: "En confirmer # comme" })} ${label}`,
  leftOut: (n) => plural(n, { one: "# laissée de côté", other: "# laissées de côté" }),
  seenOf: (seen, all) => `${formatNumber(seen)} vues sur ${all}`,
  waiting: (n) =>
    plural(n, { one: "# vote part dans un instant", other: "# votes partent dans un instant" }),
  undo: "Annuler",
  kept: (n) => plural(n, { one: "# vote enregistré", other: "# votes enregistrés" }),
  notKept: (n) =>
    plural(n, { one: "# image est allée à d’autres", other: "# images sont allées à d’autres" }),
  toggle: "Laisser de côté, ou reprendre",
  clear: "N’en laisser aucune de côté",
  tile: (name, out) => (out ? `${name}, laissée de côté` : name),
  empty: "Rien à confirmer",
  emptyModel:
    "Les images viennent ici quand un modèle a dit ce qu’elles montrent. D’ici là, répondez-leur une à une.",
  emptyConsensus:
    "Les images viennent ici quand quelqu’un leur a répondu et que d’autres réponses sont voulues.",
  oneByOne: "Répondre une par une",
  done: "Vous avez vu tout ce groupe",
  notChoice:
    "Seules les questions à une étiquette par image peuvent recevoir leurs réponses dans une grille.",
});

translate<typeof labelErrors>("labelErrors", "fr", {
  title: "Erreurs d’étiquettes",
  description:
    "Étiquettes décidées dont doutent le modèle, les voisines ou les votes, les pires d’abord.",
  onlyLeads: "Seuls les responsables et les relecteurs voient les étiquettes douteuses.",
  notYet: "Les étiquettes n’ont pas encore été jugées",
  notYetText:
    "Un modèle qui n’a jamais vu une étiquette, et les images les plus semblables, disent si elle convient. Un worker y met une minute.",
  search: "Chercher les étiquettes fausses",
  again: "Chercher encore",
  asOf: (when, judged) =>
    `État : ${when}, ${plural(judged, { one: "# étiquette jugée", other: "# étiquettes jugées" })}`,
  none: "Aucune étiquette ne ressort",
  noneText: "Chaque étiquette jugée convient à son image, ou une personne l’a regardée.",
  runs: "Plusieurs d’affilée : un fichier est-il décalé ?",
  run: (first, last, wrong, items) =>
    `${first} à ${last} : ${wrong} sur ${labels(items)} semblent fausses`,
  slip: (places) =>
    `les étiquettes semblent avoir glissé de ${plural(Math.abs(places), { one: "# place", other: "# places" })}`,
  runHint: "Regardez la liste importée avant de les corriger une à une.",
  label: "Étiquette",
  suggested: "Ressemble à",
  doubt: "Doute",
  why: "Pourquoi",
  part_model: "Modèle",
  part_neighbours: "Voisines",
  part_voters: "Votes",
  part_fit: "Convenance",
  decided: "Décidée par un relecteur",
  review: "À relire",
  right: "Elle est juste",
  sent: "Envoyée en relecture",
  imageOf: (name) => `Ouvrir ${name}`,
});

translate<typeof offline>("offline", "fr", {
  title: "Travailler hors ligne",
  text: "Emportez des images avant de perdre le réseau. Elles vous sont réservées pendant douze heures ; vous pouvez recharger ou fermer cette page entre-temps, et vos réponses partent dès que le réseau revient.",
  howMany: "Combien",
  items: images,
  take: "Emporter",
  leasing: "Recherche des images…",
  loading: (kept, of) => `Chargement des images : ${formatNumber(kept)} sur ${formatNumber(of)}`,
  ready: (left, until) =>
    `${plural(left, { one: "# image est sur cet appareil, réservée pour vous", other: "# images sont sur cet appareil, réservées pour vous" })} jusqu’à ${formatTime(until)}.`,
  large: (n, side) =>
    plural(n, {
      one: `# d’entre elles est très grande : sans connexion, elle se voit en entier, avec ${side} pixels sur son plus long côté. Zoomer davantage demande la connexion.`,
      other: `# d’entre elles sont très grandes : sans connexion, elles se voient en entier, avec ${side} pixels sur leur plus long côté. Zoomer davantage demande la connexion.`,
    }),
  readySaid: (left) => `${images(left)} sur cet appareil. Vous pouvez passer hors ligne.`,
  partial: "Tout n’est pas encore sur cet appareil. Restez en ligne pour charger le reste.",
  finish: "Charger le reste",
  giveBack: "Rendre le reste",
  offline: "Il n’y a pas de réseau. Continuez : rien n’est perdu.",
  waiting: "Vos réponses doivent d’abord arriver ; ensuite le reste peut être rendu.",
  nothing: "Il n’y a rien à emporter.",
  failed: (why) => `Cela n’a pas marché : ${why}`,
  noRoom: "il n’y a pas assez de place sur cet appareil.",
  unable: "Ce navigateur ne garde des pages que sous une adresse sûre (https).",
});
