import type { NoteEvent, Picture } from '../../data/index.ts';

export interface RollPictureOptions {
  /** Pixels of a step. Default 5. */
  readonly stepWidth?: number;
  /** Pixels of a semitone. Default 4. */
  readonly pitchHeight?: number;
  /** Steps to a quarter note. Default 1. */
  readonly stepsPerQuarter?: number;
  /** The lowest and the highest pitch; those of the notes, and a little more, unless given. */
  readonly range?: readonly [lowest: number, highest: number];
}

type Colour = readonly [number, number, number];

const GROUND: Colour = [250, 247, 242];
const BLACK_KEY: Colour = [240, 235, 227];
const LINE: Colour = [214, 206, 196];
/** Voices from the highest down: what sounds above is told from what sounds below. */
const VOICES: readonly Colour[] = [
  [214, 73, 51],
  [232, 146, 44],
  [62, 126, 108],
  [52, 84, 140],
  [110, 84, 120],
];
const BLACK_KEYS = new Set([1, 3, 6, 8, 10]);
const MARGIN = 2;

/** A piece as one sees it: time from left to right, pitches from below to above, a line below each C and at each bar of four. */
export function rollPicture(notes: readonly NoteEvent[], options: RollPictureOptions = {}): Picture {
  const { stepWidth = 5, pitchHeight = 4, stepsPerQuarter = 1 } = options;
  const pitches = notes.map(({ pitch }) => pitch);
  const [lowest, highest] = options.range ?? [
    pitches.reduce((least, pitch) => Math.min(least, pitch), 60) - MARGIN,
    pitches.reduce((most, pitch) => Math.max(most, pitch), 60) + MARGIN,
  ];
  const end = notes.reduce((latest, { start, duration }) => Math.max(latest, start + duration), 1);
  const perQuarter = stepWidth * stepsPerQuarter;
  const width = Math.max(1, Math.round(end * perQuarter));
  const height = (highest - lowest + 1) * pitchHeight;
  const data = new Uint8Array(width * height * 3);
  const fill = (left: number, top: number, right: number, bottom: number, colour: Colour) => {
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
      for (let x = Math.max(0, left); x < Math.min(width, right); x++) data.set(colour, (y * width + x) * 3);
    }
  };
  const topOf = (pitch: number) => (highest - pitch) * pitchHeight;
  for (let pitch = lowest; pitch <= highest; pitch++) {
    const colour = BLACK_KEYS.has(((pitch % 12) + 12) % 12) ? BLACK_KEY : GROUND;
    fill(0, topOf(pitch), width, topOf(pitch) + pitchHeight, colour);
    if (pitch % 12 === 0) fill(0, topOf(pitch) + pitchHeight - 1, width, topOf(pitch) + pitchHeight, LINE);
  }
  for (let quarter = 4; quarter < end; quarter += 4) {
    const x = Math.round(quarter * perQuarter);
    fill(x, 0, x + 1, height, LINE);
  }
  for (const { start, duration, pitch } of notes) {
    const above = notes.filter(
      (other) => other.pitch > pitch && other.start <= start && other.start + other.duration > start,
    ).length;
    const colour = VOICES[Math.min(above, VOICES.length - 1)] as Colour;
    // A pixel of ground tells notes that follow each other apart.
    const [left, right] = [Math.round(start * perQuarter), Math.round((start + duration) * perQuarter)];
    fill(left, topOf(pitch), Math.max(left + 1, right - 1), topOf(pitch) + pitchHeight - 1, colour);
  }
  return { data, shape: [height, width, 3] };
}
