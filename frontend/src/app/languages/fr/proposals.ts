// French, of what labelers are shown before they answer, and what that does to their answers.
import type { messages as prelabels } from "@/features/projects/prelabelMessages";
import type { messages as anchoring } from "@/features/quality/anchoringMessages";
import { plural, translate } from "@/i18n/messages";

translate<typeof prelabels>("prelabels", "fr", {
  section: "Propositions",
  intro:
    "Les annotateurs peuvent voir, avant de répondre, ce qu’un modèle ou un import dit d’une image. Cela gagne du temps, et attire les réponses vers la proposition, même là où elle est fausse.",
  whose: "De qui sont les propositions montrées",
  off: "Aucune",
  model: "Du modèle",
  imported: "Importées",
  any: "Les deux",
  offText: "Les annotateurs répondent sans aide. C’est le plus sûr.",
  modelText:
    "Ce que la version en service dit d’une image, avec son numéro et à quel point elle est sûre.",
  importedText: "Ce qui est venu avec un import comme propositions.",
  anyText: "Celles du modèle, et celles d’un import là où le modèle ne dit rien.",
  hidden: "Cachées par tirage au sort",
  hiddenHint: "En pour cent. Les réponses sans proposition montrent ce que les autres lui doivent.",
  hiddenNone:
    "Si aucune n’est cachée, personne ne peut dire ce que les propositions font aux réponses.",
  hiddenWrong: "Un pourcentage de 0 à 100.",
  rules:
    "Une proposition n’est une réponse qu’une fois prise. Les images tirées au hasard n’en ont jamais. Là où quelqu’un a vu la proposition du modèle, le modèle lui-même n’a pas de vote.",
  save: "Enregistrer les propositions",
  saved: "Enregistré",
  effect: "Ce que les propositions font aux réponses",
});

translate<typeof anchoring>("anchoring", "fr", {
  description: "Ce que les propositions font aux réponses de ceux qui les voient.",
  none: "Aucune image avec une proposition n’a encore reçu de réponse",
  noneOff:
    "Aucune proposition n’est montrée aux annotateurs. Les réglages disent ce que cela apporterait et coûterait.",
  noneOn: "Les chiffres viennent dès que de telles images ont des réponses.",
  settings: "Ouvrir les réglages",
  text: "Un tirage au sort cache des propositions. Les images et les personnes étant semblables, ce qui distingue les réponses avec proposition visible des réponses sans vient de la proposition.",
  latest: (n) =>
    plural(n, { one: "Sur la dernière réponse.", other: "Sur les # dernières réponses." }),
  truth:
    "Est juste ce que dit une réponse connue, un relecteur ou au moins deux annotateurs. Ces annotateurs ont pu voir aussi des propositions : les erreurs qu’elles causent sont donc plutôt sous-estimées.",
  astray: (points, range) =>
    `Là où la proposition était fausse, on se trompe plus souvent en la voyant : de ${points} points (${range}).`,
  astrayNot: (points, range) =>
    `Là où la proposition était fausse, la voir change les erreurs de ${points} points (${range}) : aucun effet décelable.`,
  astrayLess: (points, range) =>
    `Là où la proposition était fausse, on se trompe moins souvent en la voyant : de ${points} points (${range}).`,
  astrayFew:
    "Trop peu de propositions fausses ont reçu des réponses, les unes visibles et les autres cachées, pour en dire le tort.",
  faster: (ratio, range) =>
    `Avec une proposition visible, une réponse prend ${ratio} du temps (${range}).`,
  slower: (ratio, range) =>
    `Avec une proposition visible, une réponse prend plus longtemps : ${ratio} du temps (${range}).`,
  sameTime: (ratio, range) =>
    `Avec une proposition visible, une réponse prend ${ratio} du temps (${range}) : aucune différence décelable.`,
  shownTile: "Proposition visible",
  hiddenTile: "Cachée par tirage au sort",
  takenTile: "Prise",
  takenNote: "par la touche ou le bouton prévu",
  table: "Avec et sans la proposition",
  what: "Quoi",
  shown: "Visible",
  hidden: "Cachée",
  difference: "Différence",
  same: "Répond comme la proposition",
  error: "Faux",
  led_astray: "Faux là où la proposition est fausse",
  helped: "Faux là où la proposition est juste",
  time: "Temps médian",
  seconds: (n) => `${n} s`,
  points: (n) => `${n} points`,
  labelers: "Annotateurs",
  labelersText:
    "Pour chaque annotateur : combien plus souvent il est d’accord avec ce qu’il voit, et combien plus souvent il se trompe là où c’est faux.",
  labeler: "Annotateur",
  answers: "Visible / cachée",
  moreAlike: "Accord en plus",
  moreWrong: "Erreurs en plus là où c’est faux",
  pace: "Temps",
});
