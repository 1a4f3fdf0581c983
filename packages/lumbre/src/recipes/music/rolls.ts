import { type ImageSplit, type LoadedMusic, openMusic, type Piece } from '../../data/index.ts';
import { fingerprint } from '../../train/index.ts';
import { type PictureData, PictureSet } from '../images/pictureSet.ts';
import type { Workshop } from '../workshop.ts';
import { scaleOf } from './musicFigures.ts';

export interface RollShape {
  readonly steps: number;
  readonly pitches: number;
  /** The pitch of the first column; a C. */
  readonly lowest: number;
}

/** Steps from the beginning of one roll to that of the next. */
const HOP = 4;

/** A piece in the key of C, or A minor, by the shorter way. */
export function inC(piece: Piece): Int32Array[] {
  const key = scaleOf(piece);
  const semitones = key <= 6 ? -key : 12 - key;
  return piece.map((pitches) => pitches.map((pitch) => pitch + semitones));
}

/** A piece in rolls that overlap; what is too high or too low for them is left out. */
export function rollsOf(piece: Piece, { steps, pitches, lowest }: RollShape): Uint8Array[] {
  const rolls: Uint8Array[] = [];
  for (let first = 0; first + steps <= piece.length; first += HOP) {
    const roll = new Uint8Array(steps * pitches);
    for (let step = 0; step < steps; step++) {
      for (const pitch of piece[first + step] as Int32Array) {
        const column = pitch - lowest;
        if (column >= 0 && column < pitches) roll[step * pitches + column] = 255;
      }
    }
    rolls.push(roll);
  }
  return rolls;
}

/** The music of a roll: values above `threshold` are notes. */
export const pieceOf = (
  roll: ArrayLike<number>,
  { steps, pitches, lowest }: RollShape,
  threshold = 0,
): Int32Array[] =>
  Array.from({ length: steps }, (_, step) => {
    const found: number[] = [];
    for (let column = 0; column < pitches; column++) {
      if ((roll[step * pitches + column] as number) > threshold) found.push(lowest + column);
    }
    return Int32Array.from(found);
  });

function splitOf(pieces: readonly Piece[], shape: RollShape): ImageSplit {
  const rolls = pieces.flatMap((piece) => rollsOf(inC(piece), shape));
  const images = new Uint8Array(rolls.length * shape.steps * shape.pitches);
  for (const [i, roll] of rolls.entries()) images.set(roll, i * roll.length);
  return { images, shape: [rolls.length, shape.steps, shape.pitches, 1] };
}

export interface RollData extends PictureData {
  readonly music: LoadedMusic;
}

/**
 * Music as pictures of piano rolls on the workshop's device, all in one key; held out is what is for validation and testing.
 * @throws DataSetError when it is not here or damaged; RangeError when no piece is as long as a roll
 */
export async function openRolls(
  name: string,
  shape: RollShape,
  { data, device }: Workshop,
): Promise<RollData> {
  const music = await openMusic(data, name);
  const [train, heldOut] = [music.train, [...music.validation, ...music.test]].map((pieces) =>
    splitOf(pieces, shape),
  ) as [ImageSplit, ImageSplit];
  if (train.shape[0] === 0 || heldOut.shape[0] === 0) {
    throw new RangeError(
      `The music '${name}' has no pieces of ${shape.steps} steps, to learn from and to measure by: choose fewer, ` +
        'model.steps.',
    );
  }
  return {
    music,
    train: new PictureSet(train, device),
    heldOut: new PictureSet(heldOut, device),
    labelNames: [],
    fingerprint: `${fingerprint(train.images)} ${fingerprint(heldOut.images)}`,
    about: {
      es: `${train.shape[0]} fragmentos de ${shape.steps} pasos, de ${music.train.length} piezas`,
      en: `${train.shape[0]} passages of ${shape.steps} steps, from ${music.train.length} pieces`,
    },
  };
}
