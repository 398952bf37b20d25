// Boxes: a rectangle around every object; none is an answer too.
import { boxAnswers } from "./shapes/answers";
import { drawn } from "./shapes/twin";

export const boxes = drawn(boxAnswers);
