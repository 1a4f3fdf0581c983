/** A note, its times in quarter notes from the beginning. */
export interface NoteEvent {
  readonly start: number;
  readonly duration: number;
  /** MIDI number: 60 is the C in the middle. */
  readonly pitch: number;
  /** How hard it is struck, 1 to 127. Default 80. */
  readonly velocity?: number;
  /** The instrument, 0 to 127, as General MIDI numbers them: 0 is a piano, 19 a church organ. Default 0. */
  readonly program?: number;
  /** A drum, by General MIDI: `pitch` is which. Default false. */
  readonly drum?: boolean;
}

export interface Score {
  readonly notes: readonly NoteEvent[];
  /** Quarter notes in a minute. Default 120. */
  readonly tempo?: number;
}

/** A file that is no MIDI file, or music that cannot be written as one. The message says what is wrong. */
export class MidiError extends Error {
  override readonly name = 'MidiError';
  readonly code = 'data.midi';
}

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** @throws MidiError when a note cannot be */
export function checkNote(note: NoteEvent, index: number): void {
  const { start, duration, pitch, velocity = 80, program = 0 } = note;
  const wrong =
    !(Number.isFinite(start) && start >= 0) || !(Number.isFinite(duration) && duration > 0)
      ? `starts at ${start} and lasts ${duration}; expected at least 0, and more than 0, quarter notes`
      : !isWhole(pitch, 0, 127)
        ? `has pitch ${pitch}; expected a whole number from 0 to 127`
        : !isWhole(velocity, 1, 127)
          ? `has velocity ${velocity}; expected a whole number from 1 to 127`
          : !isWhole(program, 0, 127)
            ? `has program ${program}; expected a whole number from 0 to 127`
            : null;
  if (wrong) throw new MidiError(`Note ${index} ${wrong}.`);
}

/** By start, then by pitch. */
export const sortNotes = (notes: Iterable<NoteEvent>): NoteEvent[] =>
  [...notes].sort((a, b) => a.start - b.start || a.pitch - b.pitch);
