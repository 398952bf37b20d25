// Polygons: the outline of every object; none is an answer too.
import { polygonAnswers } from "./shapes/answers";
import { drawn } from "./shapes/twin";

export const polygons = drawn(polygonAnswers);
