import { readFileSync } from 'node:fs';
import { type LoadedMusic, MidiError, type NoteEvent, notesToPiece, readMidi } from '../data/index.ts';

/** Sixteenths. */
const STEPS_PER_QUARTER = 4;

/** Every so many pieces one is for validation, and one for testing. */
const EVERY = 10;
/** Fewer pieces than this are cut in time instead. */
const FEW = 3;
/** The parts of a piece that is cut, in time. */
const LEARNED = 0.8;
const VALIDATED = 0.9;

type Part = 'train' | 'validation' | 'test';

const endOf = (notes: readonly NoteEvent[]): number =>
  notes.reduce((latest, { start, duration }) => Math.max(latest, start + duration), 0);

/** The notes that begin in a part of a piece, from its beginning on. */
function cut(notes: readonly NoteEvent[], from: number, to: number): NoteEvent[] {
  const first = Math.floor(from * endOf(notes));
  const last = to === 1 ? Number.POSITIVE_INFINITY : Math.floor(to * endOf(notes));
  return notes
    .filter(({ start }) => start >= first && start < last)
    .map((note) => ({
      ...note,
      start: note.start - first,
      duration: Math.min(note.duration, last - note.start),
    }));
}

/** Which part each piece belongs to: at least one for each. */
function partOf(index: number, count: number): Part {
  const every = Math.min(EVERY, count);
  if (index % every === every - 1) return 'test';
  return index % every === every - 2 ? 'validation' : 'train';
}

/**
 * MIDI files as music in sixteenths, without drums: every tenth piece for validation, and every tenth for testing. Of one or
 * two pieces, the end is.
 *
 * @param name what the data are called
 * @throws MidiError, which names the file, for what is no MIDI file, or one without notes
 */
export function readUserMusic(name: string, paths: readonly string[]): LoadedMusic {
  const pieces = paths.map((path) => {
    const { notes } = readMidi(new Uint8Array(readFileSync(path)), { name: path });
    const heard = notes.filter(({ drum }) => !drum);
    const first = heard[0];
    if (!first) throw new MidiError(`${path} has no notes, drums apart.`);
    // A piece begins with its first note, on the beat that it has.
    const silence = Math.floor(first.start / 4) * 4;
    return heard.map((note) => ({ ...note, start: note.start - silence }));
  });
  const of = (part: Part): NoteEvent[][] => {
    if (pieces.length >= FEW) return pieces.filter((_, i) => partOf(i, pieces.length) === part);
    const [from, to] = { train: [0, LEARNED], validation: [LEARNED, VALIDATED], test: [VALIDATED, 1] }[part];
    return pieces.map((piece) => cut(piece, from as number, to as number));
  };
  const notes = { train: of('train'), validation: of('validation'), test: of('test') };
  const steps = (part: Part) => notes[part].map((piece) => notesToPiece(piece, STEPS_PER_QUARTER));
  return {
    kind: 'music',
    name,
    train: steps('train'),
    validation: steps('validation'),
    test: steps('test'),
    stepsPerQuarter: STEPS_PER_QUARTER,
    notes,
  };
}
