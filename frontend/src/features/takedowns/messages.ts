import { defineMessages, plural } from "@/i18n/messages";

const items = (n: number) => plural(n, { one: "# item", other: "# items" });
const votes = (n: number) => plural(n, { one: "# vote", other: "# votes" });

export const messages = defineMessages("takedowns", {
  title: "Take items down",
  text: "For somebody who withdraws their consent: images, answers and all that was made of them go for good.",
  toDataset: "Back to the dataset",
  onlyOwner: "Only the owner of the dataset or an administrator may take items down.",
  which: "Which items",
  by: "Choose by",
  by_group: "Group",
  by_items: "Numbers",
  group: "Group",
  groupHint: "Writer, person or page, written as the items have it",
  numbers: "Numbers of items",
  numbersHint: "Parted by commas",
  noNumber: (text: string) => `“${text}” is not the number of an item.`,
  byFilters: "All items that the items page showed with these filters:",
  allOf: "All items of the project",
  other: "Choose others",
  everywhere: "Copies of the same files in all datasets too",
  look: "See what would go",
  nothing: "Nothing fits.",
  would: "What would go",
  items,
  withVotes: (n: number) => `with ${votes(n)}`,
  projects: "Projects",
  inProject: (tasks: number, n: number) => `${items(tasks)}, ${votes(n)}`,
  releases: "Releases",
  releasesText: "They keep their hash; a tombstone stands for each item.",
  exports: "Files of exports",
  exportsText: "All files of these projects are deleted; export again without the items.",
  none: "None",
  lines: (n: number) =>
    plural(n, {
      one: "# of them is a line that was cut from a chosen page.",
      other: "# of them are lines that were cut from chosen pages.",
    }),
  shownOnPages: (n: number) =>
    plural(n, {
      one: "# line is still to be seen on its page, which stays. Choose the page as well.",
      other: "# lines are still to be seen on their pages, which stay. Choose the pages as well.",
    }),
  elsewhere: (n: number) =>
    plural(n, {
      one: "# item of another dataset is the same file and stays.",
      other: "# items of other datasets are the same files and stay.",
    }),
  modelsBefore: "Models keep what they learned. Those that saw the items are named afterwards.",
  sure: "Remove for good",
  reason: "Reason",
  reasonHint: "Is kept, so write no names",
  confirm: (name: string) => `Type the dataset's name, ${name}, to confirm`,
  go: (n: number) => plural(n, { one: "Remove # item for good", other: "Remove # items for good" }),
  started: "The items are being removed.",
  before: "Taken down so far",
  noneBefore: "Nothing was taken down",
  noneBeforeText: "What is removed here is listed, without saying what it was.",
  when: "When",
  who: "By",
  what: "What",
  everywhereTag: "In all datasets",
  running: "Being removed",
  failed: "Failed",
  models: "Models that learned from them",
  learned: (version: number, project: string, n: number) =>
    `Version ${version} of ${project}, from ${items(n)}`,
  retrain: "Train a new one",
  lift: "Let them come back",
  liftTitle: "Let these files be imported again?",
  liftText: "Nothing comes back by itself; imports no longer refuse the same files.",
  lifted: (n: number) =>
    plural(n, { one: "# file may come back.", other: "# files may come back." }),
});
