/** Pixels a side of the pictures, and in all. */
export const SIDE = 16;
export const PIXELS = SIDE * SIDE;
/** Pictures a side of a map. */
export const TILES = 13;
/** Unseen digits whose codes are shown, of which the first ones are drawn again by both. */
export const CODES = 240;
export const AGAIN = 6;
/** Pictures that are made of random codes, and how many of them are shown. */
export const SAMPLES = 32;
/** Where the map of the VAE ends: three standard deviations. */
export const VAE_REACH = 3;

export const digitSets = { few: [0, 1, 3, 4, 7], all: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } as const;
export type DigitChoice = keyof typeof digitSets;
