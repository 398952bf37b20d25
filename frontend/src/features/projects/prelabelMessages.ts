import { defineMessages } from "@/i18n/messages";

export const messages = defineMessages("prelabels", {
  section: "Proposals",
  intro:
    "Labelers can be shown what a model, or an import, takes an item for before they answer. That saves time, and it draws answers toward the proposal, also where it is wrong.",
  whose: "Whose proposals are shown",
  off: "None",
  model: "The model's",
  imported: "Imported",
  any: "Either",
  offText: "Labelers answer without help. This is the safest.",
  modelText: "What the serving version says to an item, with its version and how sure it is.",
  importedText: "What came along with an import as proposals.",
  anyText: "The model's, and an imported one where the model says nothing.",
  hidden: "Hidden by a draw",
  hiddenHint: "Percent. Answers without a proposal show what the others owe to theirs.",
  hiddenNone: "With none hidden, nobody can say what the proposals do to the answers.",
  hiddenWrong: "A percentage from 0 to 100.",
  rules:
    "A proposal is an answer only once it is taken. Items drawn at random never have one. Where somebody saw the model's proposal, the model itself has no vote.",
  save: "Save proposals",
  saved: "Saved",
  effect: "What the proposals do to the answers",
});
