// French, of the map of a dataset.
import type { messages as map } from "@/features/map/messages";
import { plural, translate } from "@/i18n/messages";

const images = (n: number) => plural(n, { one: "# image", other: "# images" });

translate<typeof map>("map", "fr", {
  title: "Carte",
  back: "Retour au jeu de données",
  asOf: (when, n) => `Au ${when} : ${images(n)}, les semblables côte à côte`,
  newer: "Des images plus récentes n’y sont pas encore.",
  draw: "Dessiner la carte",
  again: "Redessiner",
  drawing: "La carte se dessine …",
  notYet: "Ce jeu de données n’a pas encore de carte",
  notYetText:
    "Une carte montre toutes les images comme des points, les semblables côte à côte. Il faut quelques secondes, une minute s’il y en a beaucoup.",
  addImages: "Ajouter des images",
  tooFew: "Il faut au moins dix images pour une carte",
  failed: "La carte n’a pas pu être dessinée",
  canvas:
    "Carte des images. Les flèches déplacent, plus et moins zooment, Entrée choisit ce qui est au milieu.",
  tool: "Ce que fait le pointeur",
  tool_move: "Déplacer",
  tool_lasso: "Lasso",
  fit: "Tout montrer",
  closer: "Plus près",
  farther: "Plus loin",
  colour: "Couleur selon",
  by_split: "Partie",
  by_group: "Groupe",
  by_import: "Import",
  by_label: "Consensus",
  by_status: "État",
  by_predicted: "Proposition du modèle",
  project: "Projet",
  legend: "Légende",
  none: "Sans",
  other: "Autres",
  show: (name) => `Montrer ${name}`,
  chooseAll: (name) => `Choisir tout ${name}`,
  choose: "Choisir",
  chosen: (n) => `${images(n)} choisies`,
  nothing:
    "Entourez des points avec le lasso, choisissez une partie de la légende ou appuyez sur Entrée sur la carte.",
  clear: "Ne rien choisir",
  tag: "Étiquette",
  tagHint: "Un mot pour les retrouver",
  tagThem: "Étiqueter et regarder",
  tagOnly: "Étiqueter",
  tagged: (n, tag) => `${images(n)} étiquetées « ${tag} »`,
  onlyOwner: "Seul le propriétaire du jeu de données peut étiqueter des images.",
  noProjectToOpen: "Un projet sur ce jeu de données les montrerait dans son tableau.",
  alike: "Semblables",
  close: "Fermer",
  selected: "Images choisies",
});
