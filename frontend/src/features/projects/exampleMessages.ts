import { defineMessages } from "@/i18n/messages";

export const messages = defineMessages("examples", {
  section: "Example pictures",
  intro:
    "One picture for each label, shown to all labelers beside the guidelines. A picture that they are also asked about tells its answer: better take one of another dataset, or one that is settled.",
  none: "No picture",
  choose: "Choose…",
  replace: "Change…",
  drop: "Remove",
  chooseFor: (label: string) => `Choose the example of ${label}`,
  dropOf: (label: string) => `Remove the example of ${label}`,
  pictureOf: (label: string) => `Example of ${label}`,
  pickTitle: (label: string) => `A picture that shows ${label}`,
  dataset: "Dataset",
  search: "File name",
  ownPicture: "A picture of your own is uploaded into a dataset first.",
  openDataset: "Open this dataset",
  pictures: "Pictures",
  noMatch: "No picture has this in its name.",
  more: "Show more",
});
