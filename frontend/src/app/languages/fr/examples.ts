// French, of pictures that stand with labels.
import type { messages as examples } from "@/features/projects/exampleMessages";
import { translate } from "@/i18n/messages";

translate<typeof examples>("examples", "fr", {
  section: "Images d’exemple",
  intro:
    "Une image par étiquette, montrée à tous les annotateurs à côté des consignes. Une image sur laquelle ils sont aussi interrogés trahit sa réponse : mieux vaut en prendre une d’un autre jeu de données, ou une déjà réglée.",
  none: "Pas d’image",
  choose: "Choisir…",
  replace: "Changer…",
  drop: "Retirer",
  chooseFor: (label) => `Choisir l’exemple de ${label}`,
  dropOf: (label) => `Retirer l’exemple de ${label}`,
  pictureOf: (label) => `Exemple de ${label}`,
  pickTitle: (label) => `Une image qui montre ${label}`,
  dataset: "Jeu de données",
  search: "Nom du fichier",
  ownPicture: "Une image à vous s’ajoute d’abord à un jeu de données.",
  openDataset: "Ouvrir ce jeu de données",
  pictures: "Images",
  noMatch: "Aucune image n’a cela dans son nom.",
  more: "En montrer plus",
});
