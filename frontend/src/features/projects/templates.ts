// Ready-made questions about handwriting and faces: kind, question, schema and rule at one click.
import type { JsonObject } from "@/api/types";
import type { messages } from "./messages";
import type { TypeName } from "./typeDraft";

type Texts = typeof messages.english;

export interface Template {
  key: TemplateKey;
  about: "handwriting" | "faces";
  type: TypeName;
  document: (t: Texts) => JsonObject;
  rule: { min_votes: string; max_votes: string; confidence: string };
  guidelines?: (t: Texts) => string;
}

export type TemplateKey =
  | "digits"
  | "characters"
  | "words"
  | "lines"
  | "pageBoxes"
  | "pageOutlines"
  | "sameWriter"
  | "forged"
  | "faceOrNot"
  | "faceBoxes"
  | "face5"
  | "face68"
  | "faceAttributes"
  | "samePerson";

const named = (...names: string[]) => names.map((name) => ({ name }));
const titled = (titles: Record<string, string>) =>
  Object.entries(titles).map(([name, title]) => ({ name, title }));

const QUICK = { min_votes: "2", max_votes: "5", confidence: "95" };
const CAREFUL = { min_votes: "3", max_votes: "5", confidence: "95" };
const DRAWN = { min_votes: "2", max_votes: "4", confidence: "80" };

const letters = (first: string, group: string) =>
  Array.from({ length: 26 }, (_, at) => ({
    name: String.fromCodePoint((first.codePointAt(0) ?? 0) + at),
    group,
  }));

const LINE = { multiline: false, direction: "auto", max_length: 500 };
// Long s, r rotunda, ligatures and signs of old hands and prints.
const OLD_HANDS = ["ſ", "ꝛ", "æ", "œ", "ß", "⁊", "ꝑ", "ꝯ", "–", "„", "“"];

export const TEMPLATES: readonly Template[] = [
  {
    key: "digits",
    about: "handwriting",
    type: "choice",
    document: () => ({ labels: named(..."0123456789") }),
    rule: QUICK,
  },
  {
    key: "characters",
    about: "handwriting",
    type: "choice",
    document: (t) => ({ labels: [...letters("A", t.capitals), ...letters("a", t.smallLetters)] }),
    rule: QUICK,
  },
  {
    key: "words",
    about: "handwriting",
    type: "transcription",
    document: () => ({ ...LINE, max_length: 100 }),
    rule: QUICK,
  },
  {
    key: "lines",
    about: "handwriting",
    type: "transcription",
    document: () => ({ ...LINE, palette: OLD_HANDS }),
    rule: QUICK,
    guidelines: (t) => t.guide_lines,
  },
  {
    key: "pageBoxes",
    about: "handwriting",
    type: "boxes",
    document: (t) => ({ labels: titled({ word: t.is_word, picture: t.is_picture }) }),
    rule: DRAWN,
  },
  {
    key: "pageOutlines",
    about: "handwriting",
    type: "polygons",
    document: (t) => ({
      labels: titled({ line: t.is_line, heading: t.is_heading, margin: t.is_margin }),
    }),
    rule: DRAWN,
  },
  {
    key: "sameWriter",
    about: "handwriting",
    type: "pair",
    document: (t) => pairLabels(t.is_sameHand, t.is_otherHand, t),
    rule: CAREFUL,
  },
  {
    key: "forged",
    about: "handwriting",
    type: "pair",
    document: (t) => pairLabels(t.is_genuine, t.is_forged, t),
    rule: CAREFUL,
    guidelines: (t) => t.guide_forged,
  },
  {
    key: "faceOrNot",
    about: "faces",
    type: "choice",
    document: (t) => ({ labels: titled({ face: t.is_face, no_face: t.is_noFace }) }),
    rule: QUICK,
  },
  {
    key: "faceBoxes",
    about: "faces",
    type: "boxes",
    document: (t) => ({
      labels: titled({ face: t.is_face }),
      attributes: [
        { name: t.is_covered, kind: "flag" },
        { name: t.is_blurred, kind: "flag" },
      ],
    }),
    rule: DRAWN,
    guidelines: (t) => t.guide_faceBoxes,
  },
  {
    key: "face5",
    about: "faces",
    type: "keypoints",
    document: (t) => ({ labels: titled({ face: t.is_face }), ...fivePoints(t) }),
    rule: DRAWN,
    guidelines: (t) => t.guide_sides,
  },
  {
    key: "face68",
    about: "faces",
    type: "keypoints",
    document: (t) => ({ labels: titled({ face: t.is_face }), ...sixtyEightPoints(t) }),
    rule: DRAWN,
    guidelines: (t) => t.guide_sides,
  },
  {
    key: "faceAttributes",
    about: "faces",
    type: "multi_label",
    document: (t) => ({
      labels: titled({
        glasses: t.is_glasses,
        beard: t.is_beard,
        moustache: t.is_moustache,
        hat: t.is_hat,
        smile: t.is_smile,
        eyes_closed: t.is_eyesClosed,
      }),
    }),
    rule: { ...QUICK, confidence: "90" },
  },
  {
    key: "samePerson",
    about: "faces",
    type: "pair",
    document: (t) => pairLabels(t.is_same, t.is_different, t),
    rule: CAREFUL,
  },
];

function pairLabels(same: string, different: string, t: Texts): JsonObject {
  return { labels: titled({ same, different, cannot_tell: t.is_cannotTell }) };
}

/** The eyes, the nose and the corners of the mouth; sides are the subject's own. */
function fivePoints(t: Texts): JsonObject {
  return {
    points: [
      { name: "left_eye", title: t.at_leftEye, mirror: "right_eye" },
      { name: "right_eye", title: t.at_rightEye, mirror: "left_eye" },
      { name: "nose", title: t.at_nose },
      { name: "left_mouth", title: t.at_leftMouth, mirror: "right_mouth" },
      { name: "right_mouth", title: t.at_rightMouth, mirror: "left_mouth" },
    ],
    scale: ["left_eye", "right_eye"],
  };
}

/** First and last points of iBUG 300-W whose mirror images are the same points backwards. */
const BACKWARDS = [
  [0, 16],
  [17, 26],
  [31, 35],
  [48, 54],
  [55, 59],
  [60, 64],
  [65, 67],
] as const;
const EYES = [
  [36, 45],
  [37, 44],
  [38, 43],
  [39, 42],
  [40, 47],
  [41, 46],
] as const;

/** Of each of the 68 points (iBUG 300-W, from 0) the one on the other side, or itself. */
export function mirrorOf68(): number[] {
  const mirror = Array.from({ length: 68 }, (_, at) => at);
  for (const [first, last] of BACKWARDS) {
    for (let at = first; at <= last; at += 1) mirror[at] = first + last - at;
  }
  for (const [right, left] of EYES) [mirror[right], mirror[left]] = [left, right];
  return mirror;
}

function sixtyEightPoints(t: Texts): JsonObject {
  const regions: [string, number][] = [
    [t.at_jaw, 17],
    [t.at_rightBrow, 5],
    [t.at_leftBrow, 5],
    [t.at_bridge, 4],
    [t.at_nostrils, 5],
    [t.at_rightEye, 6],
    [t.at_leftEye, 6],
    [t.at_outerLips, 12],
    [t.at_innerLips, 8],
  ];
  const titles = regions.flatMap(([region, count]) =>
    Array.from({ length: count }, (_, at) => `${region} ${at + 1}`),
  );
  const name = (at: number) => String(at).padStart(2, "0");
  const mirror = mirrorOf68();
  return {
    points: titles.map((title, at) => {
      const other = mirror[at] ?? at;
      return { name: name(at), title, ...(other === at ? {} : { mirror: name(other) }) };
    }),
    scale: ["36", "45"],
  };
}
