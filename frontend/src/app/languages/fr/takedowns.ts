// French, of takedowns.
import type { messages as takedowns } from "@/features/takedowns/messages";
import { plural, translate } from "@/i18n/messages";

translate<typeof takedowns>("takedowns", "fr", {
  title: "Retirer des images",
  text: "Pour quelqu’un qui retire son consentement : images, réponses et tout ce qui en a été tiré disparaissent pour de bon.",
  toDataset: "Retour au jeu de données",
  onlyOwner:
    "Seuls le propriétaire du jeu de données et les administrateurs peuvent retirer des images.",
  which: "Quelles images",
  by: "Choisir par",
  by_group: "Groupe",
  by_items: "Numéros",
  group: "Groupe",
  groupHint: "Scripteur, personne ou page, écrit comme dans les images",
  numbers: "Numéros des images",
  numbersHint: "Séparés par des virgules",
  noNumber: (text: string) => `« ${text} » n’est pas un numéro d’image.`,
  byFilters: "Toutes les images que la page montrait avec ces filtres :",
  allOf: "Toutes les images du projet",
  other: "En choisir d’autres",
  everywhere: "Aussi les copies des mêmes fichiers dans tous les jeux de données",
  look: "Voir ce qui disparaîtrait",
  nothing: "Rien ne correspond.",
  would: "Ce qui disparaîtrait",
  projects: "Projets",
  releases: "Versions",
  releasesText: "Elles gardent leur empreinte ; une pierre tombale remplace chaque image.",
  exports: "Fichiers d’exports",
  exportsText:
    "Tous les fichiers de ces projets sont supprimés ; exportez de nouveau sans les images.",
  none: "Aucun",
  modelsBefore:
    "Les modèles gardent ce qu’ils ont appris. Ceux qui ont vu les images sont nommés ensuite.",
  sure: "Supprimer pour de bon",
  reason: "Raison",
  reasonHint: "Elle est conservée ; n’écrivez aucun nom",
  started: "Les images sont en cours de suppression.",
  before: "Retirées jusqu’ici",
  noneBefore: "Rien n’a été retiré",
  noneBeforeText: "Ce qui est supprimé ici est listé, sans dire ce que c’était.",
  when: "Quand",
  who: "Par",
  what: "Quoi",
  everywhereTag: "Dans tous les jeux de données",
  running: "En cours de suppression",
  failed: "Échec",
  models: "Modèles qui en ont appris",
  retrain: "En entraîner un nouveau",
  lift: "Les autoriser de nouveau",
  liftTitle: "Autoriser de nouveau ces fichiers ?",
  liftText: "Rien ne revient de soi-même ; les imports ne refusent plus les mêmes fichiers.",
  items: (n) => plural(n, { one: "# image", other: "# images" }),
  withVotes: (n) => `avec ${plural(n, { one: "# vote", other: "# votes" })}`,
  inProject: (tasks, n) =>
    `${plural(tasks, { one: "# image", other: "# images" })}, ${plural(n, { one: "# vote", other: "# votes" })}`,
  lines: (n) =>
    plural(n, {
      one: "# d’entre elles est une ligne découpée dans une page choisie.",
      other: "# d’entre elles sont des lignes découpées dans des pages choisies.",
    }),
  shownOnPages: (n) =>
    plural(n, {
      one: "# ligne reste visible sur sa page, qui demeure. Choisissez aussi la page.",
      other:
        "# lignes restent visibles sur leurs pages, qui demeurent. Choisissez aussi les pages.",
    }),
  elsewhere: (n) =>
    plural(n, {
      one: "# image d’un autre jeu de données est le même fichier et demeure.",
      other: "# images d’autres jeux de données sont les mêmes fichiers et demeurent.",
    }),
  confirm: (name) => `Pour confirmer, tapez le nom du jeu de données : ${name}`,
  go: (n) =>
    plural(n, {
      one: "Supprimer # image pour de bon",
      other: "Supprimer # images pour de bon",
    }),
  learned: (version, project, n) =>
    `Version ${version} de ${project}, à partir de ${plural(n, { one: "# image", other: "# images" })}`,
  lifted: (n) =>
    plural(n, {
      one: "# fichier est de nouveau autorisé.",
      other: "# fichiers sont de nouveau autorisés.",
    }),
});
