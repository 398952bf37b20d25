// French, of items that look like nothing labeled.
import type { messages as foreign } from "@/features/foreign/messages";
import { plural, translate } from "@/i18n/messages";

const images = (n: number) => plural(n, { one: "# image", other: "# images" });

translate<typeof foreign>("foreign", "fr", {
  title: "Images étrangères",
  description: "Images qui ne ressemblent à rien d’annoté jusqu’ici, les plus étranges d’abord.",
  onlyLeads: "Seuls les responsables et les relecteurs voient les images étrangères.",
  onlyChoice: "Seules les questions à choix d’étiquettes disent ce qui en fait partie.",
  off: "Personne ne cherche d’images étrangères",
  offText: "Ce projet interroge chaque image à son tour. Les réglages permettent de changer cela.",
  toSettings: "Vers les réglages",
  notYet: "Les images n’ont pas encore été jugées",
  notYetText: (least) =>
    `Cela se fait de soi-même dès qu’un modèle entraîné sur ${least} étiquettes ou plus est en service.`,
  judge: "Juger maintenant",
  again: "Juger à nouveau",
  asOf: (when, judged, references) =>
    `État : ${when}, ${images(judged)} comparées à ${references} annotées`,
  lane: "Quelles images",
  waiting: (n) => `À regarder · ${n}`,
  aside: (n) => `Mises à part · ${n}`,
  belongs: (n) => `En font partie · ${n}`,
  none_waiting: "Rien d’étrange ne vous attend",
  none_aside: "Rien n’est mis à part",
  none_belongs: "Personne ne s’est encore porté garant d’une image",
  noneText_waiting: "Chaque image repérée a été regardée.",
  noneText_aside: "Ce que vous mettez à part reste ici et peut être repris à tout moment.",
  noneText_belongs: "Ce qui en fait partie selon vous est posé comme toute autre image.",
  kept_last: (n) =>
    `${plural(n, { one: "# d’entre elles est", other: "# d’entre elles sont" })} si étranges que les annotateurs les reçoivent en dernier, jusqu’à ce que vous ayez regardé.`,
  kept_aside: (n) =>
    `${plural(n, { one: "# d’entre elles est", other: "# d’entre elles sont" })} si étranges que personne ne les reçoit, jusqu’à ce que vous ayez regardé.`,
  clean: (share) =>
    `Parmi les images qui en font partie, ${share} sont repérées aussi : attendez-vous à en voir ici.`,
  select: "Cliquez sur les images voulues ; Maj et clic en prend toute une suite.",
  selected: (n) => plural(n, { one: "# image choisie", other: "# images choisies" }),
  selectAll: "Choisir toutes celles montrées",
  selectNone: "N’en choisir aucune",
  doBelongs: "Elles en font partie",
  doAside: "Mettre à part",
  doWaiting: "Reprendre",
  done_belongs: (n) => `${images(n)} de nouveau dans la file`,
  done_aside: (n) => plural(n, { one: "# image mise à part", other: "# images mises à part" }),
  done_waiting: (n) => `${images(n)} de nouveau à regarder`,
  undo: "Annuler",
  tiles: "Images",
  tile: (name, chance) => `${name} : ${chance} des images annotées sont aussi étranges`,
  chance: (share) => `p ${share}`,
  rare: "p < 0,1 %",
  more: "En montrer plus",
  drift: "Les dernières images ont l’air différentes",
  driftText: (flagged, count, usual) =>
    `${flagged} sur ${images(count)} d’un import sont repérées, là où ${usual} serait habituel. Regardez si une autre sorte d’images, ou un autre scanner, est arrivée.`,
  imports: "Par import",
  import: "Import",
  items: "Images",
  flagged: "Repérées",
  verdict: "Verdict",
  drifts: "Dérive",
  usual: "Comme d’habitude",
  few: "Trop peu pour le dire",
  before: "Avant que les imports ne soient notés",
  skipped: (n) =>
    plural(n, { one: "# image n’a pas pu être lue", other: "# images n’ont pas pu être lues" }),
});
