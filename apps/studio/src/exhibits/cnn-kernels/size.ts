/** Pixels a side of the pictures. */
export const SIDE = 20;
/** Channels of the two convolutions. */
export const FIRST = 8;
export const SECOND = 12;

/** Filters that people made by hand long before networks learnt theirs. */
export const handMade = {
  vertical: [-1, 0, 1, -1, 0, 1, -1, 0, 1],
  horizontal: [-1, -1, -1, 0, 0, 0, 1, 1, 1],
  outline: [-0.5, -0.5, -0.5, -0.5, 4, -0.5, -0.5, -0.5, -0.5],
  blur: [0.11, 0.11, 0.11, 0.11, 0.12, 0.11, 0.11, 0.11, 0.11],
  same: [0, 0, 0, 0, 1, 0, 0, 0, 0],
} as const satisfies Record<string, readonly number[]>;
export type HandMade = keyof typeof handMade;
