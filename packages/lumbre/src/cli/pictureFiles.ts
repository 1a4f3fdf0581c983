import { enlarge, type Picture } from '../data/index.ts';
import { encodePng } from '../node/index.ts';

/** About how wide a picture is on a screen where one looks at it, in pixels. */
const COMFORTABLE = 720;

/** How many times a picture is enlarged to be looked at: pixels stay squares. */
export const comfortableScale = (width: number): number => Math.max(1, Math.floor(COMFORTABLE / width));

/** A picture as a PNG file, as large as one wants to look at it. */
export const encodeEnlarged = (picture: Picture): Promise<Uint8Array> =>
  encodePng(enlarge(picture, comfortableScale(picture.shape[1])));
