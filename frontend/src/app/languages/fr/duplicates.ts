// French, of images that are there more than once.
import type { messages as duplicates } from "@/features/duplicates/messages";
import { formatNumber, plural, translate } from "@/i18n/messages";

const images = (n: number) => plural(n, { one: "# image", other: "# images" });

translate<typeof duplicates>("duplicates", "fr", {
  title: "Doublons",
  description: (name) => `Images de « ${name} » présentes plusieurs fois`,
  back: "Retour au jeu de données",
  asOf: (when, items) => `Au ${when} : ${images(items)} comparées`,
  search: "Chercher maintenant",
  again: "Chercher à nouveau",
  searching: "Comparaison des images …",
  failed: "La dernière recherche a échoué. La page d’état dit pourquoi.",
  notYet: "Personne n’a encore comparé ces images",
  notYetText:
    "Cela se fait de soi-même après un import. Un même fichier n’est jamais pris deux fois ; ici, on trouve la même image dans un autre fichier.",
  tooFew: "Il n’y a encore rien à comparer",
  tooFewText: "Les images sont comparées d’elles-mêmes après chaque import.",
  addImages: "Ajouter des images",
  which: "Quels groupes",
  open: (n) => `À examiner · ${n}`,
  kept: (n) => `Une gardée · ${n}`,
  distinct: (n) => `Pas des doublons · ${n}`,
  kind: "Ressemblance",
  allKinds: "Toutes",
  pixels: (n) => `Mêmes pixels · ${n}`,
  near: (n) => `Presque identiques · ${n}`,
  tagPixels: "Mêmes pixels",
  tagNear: "Presque identiques",
  none_open: "Aucun doublon ne vous attend",
  none_kept: "Aucun groupe n’a encore été réglé",
  none_distinct: "Aucun groupe n’a encore été jugé différent",
  noneText_open: "Chaque image montre ce qu’aucune autre ne montre.",
  noneText_kept: "Ce que vous réglez reste ici et peut être annulé.",
  noneText_distinct: "Ce que vous jugez différent ne revient plus.",
  hint: "Choisissez l’image à garder. Les autres reçoivent l’étiquette « duplicate », et plus personne n’est interrogé à leur sujet.",
  readOnly: "Seul le propriétaire du jeu de données décide de ce qui est gardé.",
  group: (place, size) => `Groupe ${formatNumber(place)} : ${images(size)}`,
  likeness: (share) => `identiques à ${share}`,
  images,
  andMore: (n) => `et ${formatNumber(n)} de plus`,
  pick: (name) => `Garder ${name}`,
  facts: (width, height, kind, size) =>
    `${formatNumber(width)} × ${formatNumber(height)} · ${kind} · ${size}`,
  part: (split) => `partie ${split}`,
  keep: "Garder l’image choisie",
  differ: "Pas des doublons",
  takeBack: "Annuler la décision",
  keptThis: "Gardée",
  keptBy: (who, tasks) =>
    tasks === 0
      ? `Décidé par ${who}`
      : `Décidé par ${who} · ${plural(tasks, { one: "# tâche mise de côté", other: "# tâches mises de côté" })}`,
  done_kept: "Une image est gardée, les autres sont mises de côté",
  done_distinct: "Ce ne sont pas des doublons",
  done_open: "La décision est annulée",
  undo: "Annuler",
  more: "Afficher plus",
  next: "Groupe suivant",
  previous: "Groupe précédent",
  pickNumber: (n) => `Garder l’image ${n}`,
});
