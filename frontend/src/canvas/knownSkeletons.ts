// Skeletons that everybody uses. Left and right are the subject's: its left eye is seen on the right.
import type { Point } from "./geometry";

export interface KnownSkeleton {
  readonly names: readonly string[];
  readonly mirror: readonly number[];
  readonly bones: readonly (readonly [number, number])[];
  /** In the unit square, which is the box of a face from brow to chin. */
  readonly mean: readonly Point[];
}

function points(list: readonly (readonly number[])[]): Point[] {
  return list.map(([x = 0, y = 0]) => ({ x, y }));
}

function mirrorOf(count: number, pairs: readonly (readonly number[])[]): number[] {
  const mirror = Array.from({ length: count }, (_, at) => at);
  for (const [a = 0, b = 0] of pairs) [mirror[a], mirror[b]] = [b, a];
  return mirror;
}

/** Lines through neighbouring points; a closed one leads back to its beginning. */
function chain(from: number, to: number, closed = false): (readonly [number, number])[] {
  const lines = Array.from({ length: to - from }, (_, at) => [from + at, from + at + 1] as const);
  return closed ? [...lines, [to, from]] : lines;
}

export const FACE_5: KnownSkeleton = {
  names: ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"],
  mirror: mirrorOf(5, [
    [0, 1],
    [3, 4],
  ]),
  bones: [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [2, 4],
    [3, 4],
  ],
  mean: points([
    [0.704, 0.174],
    [0.296, 0.174],
    [0.5, 0.405],
    [0.695, 0.633],
    [0.305, 0.633],
  ]),
};

/**
 * The 68 points of iBUG 300-W, counted from 0: jaw 0-16 from the subject's right ear, right brow
 * 17-21, left brow 22-26, nose 27-35, right eye 36-41, left eye 42-47, lips 48-59 and 60-67. The
 * mean is that of dlib's example faces and their mirror images (Procrustes).
 */
export const FACE_68: KnownSkeleton = {
  names: Array.from({ length: 68 }, (_, at) => String(at).padStart(2, "0")),
  mirror: mirrorOf(68, [
    [0, 16],
    [1, 15],
    [2, 14],
    [3, 13],
    [4, 12],
    [5, 11],
    [6, 10],
    [7, 9],
    [17, 26],
    [18, 25],
    [19, 24],
    [20, 23],
    [21, 22],
    [31, 35],
    [32, 34],
    [36, 45],
    [37, 44],
    [38, 43],
    [39, 42],
    [40, 47],
    [41, 46],
    [48, 54],
    [49, 53],
    [50, 52],
    [55, 59],
    [56, 58],
    [60, 64],
    [61, 63],
    [65, 67],
  ]),
  bones: [
    ...chain(0, 16),
    ...chain(17, 21),
    ...chain(22, 26),
    ...chain(27, 30),
    ...chain(31, 35),
    ...chain(36, 41, true),
    ...chain(42, 47, true),
    ...chain(48, 59, true),
    ...chain(60, 67, true),
  ],
  mean: points([
    [0, 0.204],
    [0.002, 0.337],
    [0.012, 0.469],
    [0.042, 0.599],
    [0.096, 0.716],
    [0.18, 0.817],
    [0.277, 0.908],
    [0.382, 0.982],
    [0.5, 1],
    [0.618, 0.982],
    [0.723, 0.908],
    [0.82, 0.817],
    [0.904, 0.716],
    [0.958, 0.599],
    [0.988, 0.469],
    [0.998, 0.337],
    [1, 0.204],
    [0.12, 0.077],
    [0.176, 0.02],
    [0.253, 0],
    [0.336, 0.009],
    [0.417, 0.042],
    [0.583, 0.042],
    [0.664, 0.009],
    [0.747, 0],
    [0.824, 0.02],
    [0.88, 0.077],
    [0.5, 0.159],
    [0.5, 0.242],
    [0.5, 0.318],
    [0.5, 0.405],
    [0.4, 0.463],
    [0.446, 0.483],
    [0.5, 0.502],
    [0.554, 0.483],
    [0.6, 0.463],
    [0.218, 0.177],
    [0.268, 0.151],
    [0.326, 0.151],
    [0.374, 0.183],
    [0.324, 0.189],
    [0.267, 0.192],
    [0.626, 0.183],
    [0.674, 0.151],
    [0.732, 0.151],
    [0.782, 0.177],
    [0.733, 0.192],
    [0.676, 0.189],
    [0.305, 0.633],
    [0.371, 0.597],
    [0.447, 0.585],
    [0.5, 0.593],
    [0.553, 0.585],
    [0.629, 0.597],
    [0.695, 0.633],
    [0.632, 0.716],
    [0.556, 0.749],
    [0.5, 0.752],
    [0.444, 0.749],
    [0.368, 0.716],
    [0.335, 0.637],
    [0.448, 0.618],
    [0.5, 0.625],
    [0.552, 0.618],
    [0.665, 0.637],
    [0.554, 0.687],
    [0.5, 0.696],
    [0.446, 0.687],
  ]),
};
