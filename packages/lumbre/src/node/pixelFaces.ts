import type { Options } from '@dicebear/pixel-art';
import { gzipSync } from 'fflate';
import { loadSharp } from './lazySharp.ts';

const SIZE = 16;
const FACE_BYTES = SIZE * SIZE * 3;
/** Faces that are painted at the same time, in one picture. */
const COLUMNS = 16;
const BATCH = COLUMNS * COLUMNS;

/** Curls that are chequered: at this size they are noise. */
const noise = new Set(['long15', 'short11', 'short13']);
/** One in so many has no hair. */
const BALD = 5;

interface Face {
  readonly svg: string;
  readonly glasses: boolean;
  readonly hat: boolean;
}

type Hair = NonNullable<Options['hair']>;

/** Draws the face of a number, always the same one. The style is loaded when it is first needed. */
async function loadArtist(): Promise<(number: number) => Face> {
  const [{ createAvatar }, pixelArt] = await Promise.all([
    import('@dicebear/core'),
    import('@dicebear/pixel-art'),
  ]);
  const styles = pixelArt.schema.properties?.hair;
  const all = (typeof styles === 'object' ? styles.default : []) as Hair;
  const hair = all.filter((style) => !noise.has(style));
  return (number) => {
    const avatar = createAvatar(pixelArt, {
      seed: `lumbre-${number}`,
      hair: number % BALD === 0 ? [] : hair,
      beardProbability: 0,
    });
    const { glasses, hat } = avatar.toJson().extra;
    return {
      // Nested in another picture, it must not bring its own description.
      svg: avatar.toString().replace(/<metadata.*?<\/metadata>/s, ''),
      glasses: glasses !== undefined,
      hat: hat !== undefined,
    };
  };
}

/** Paints faces on white; returns each one's pixels, [16, 16, 3]. */
async function paint(faces: readonly Face[]): Promise<Uint8Array[]> {
  const side = COLUMNS * SIZE;
  const nested = faces.map(({ svg }, i) => {
    const [x, y] = [(i % COLUMNS) * SIZE, Math.floor(i / COLUMNS) * SIZE];
    return svg.replace('<svg ', `<svg x="${x}" y="${y}" width="${SIZE}" height="${SIZE}" `);
  });
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">${nested.join('')}</svg>`;
  const sharp = await loadSharp();
  const pixels = await sharp(Buffer.from(picture))
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
  return faces.map((_, i) => {
    const [left, top] = [(i % COLUMNS) * SIZE, Math.floor(i / COLUMNS) * SIZE];
    const face = new Uint8Array(FACE_BYTES);
    for (let y = 0; y < SIZE; y++) {
      const from = ((top + y) * side + left) * 3;
      face.set(pixels.subarray(from, from + SIZE * 3), y * SIZE * 3);
    }
    return face;
  });
}

/** The two files of the data set, as a mirror folder has them. */
export interface PixelFaces {
  /** Packed with gzip: [count, 16, 16, 3]. */
  readonly images: Uint8Array;
  /** A list in JSON with `g` for glasses and `s` for a hat (sombrero). */
  readonly labels: Uint8Array;
}

/**
 * Draws faces with @dicebear/pixel-art, no two alike: the same ones in every run, with the same version of the package.
 * @param count how many; default 4000, as the data set has
 */
export async function makePixelFaces(count = 4000): Promise<PixelFaces> {
  const pixels = new Uint8Array(count * FACE_BYTES);
  const labels: { g: number; s: number; b: number }[] = [];
  const seen = new Set<string>();
  const faceOf = await loadArtist();
  for (let number = 0; labels.length < count; ) {
    const faces = Array.from({ length: Math.min(BATCH, count) }, () => faceOf(number++));
    for (const [i, face] of (await paint(faces)).entries()) {
      const key = Buffer.from(face).toString('latin1');
      if (labels.length === count || seen.has(key)) continue;
      seen.add(key);
      pixels.set(face, labels.length * FACE_BYTES);
      labels.push({ g: Number(faces[i]?.glasses), s: Number(faces[i]?.hat), b: 0 });
    }
  }
  return {
    images: gzipSync(pixels, { mtime: 0 }),
    labels: new TextEncoder().encode(JSON.stringify(labels)),
  };
}
