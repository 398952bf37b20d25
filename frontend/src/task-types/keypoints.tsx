// Keypoints: the same named points on every object.
import { keypointAnswers } from "./shapes/answers";
import { drawn } from "./shapes/twin";

export const keypoints = drawn(keypointAnswers);
