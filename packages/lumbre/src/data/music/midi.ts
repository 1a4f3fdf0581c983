import * as tone from '@tonejs/midi';
import { checkNote, MidiError, type NoteEvent, type Score, sortNotes } from './score.ts';

// Node sees a CommonJS module with everything in its default, bundlers one with names.
const { Midi } = (tone as unknown as { readonly default?: typeof tone }).default ?? tone;

/** Ticks in a quarter note: enough for triplets of sixty-fourths. */
const TICKS = 480;
const DEFAULT_TEMPO = 120;
const DRUM_CHANNEL = 9;
/** What is left of 16 without the drums'. */
const MOST_PROGRAMS = 15;

/**
 * Writes notes as a MIDI file, each instrument in a track of its own.
 * @throws MidiError when a note cannot be, or there are more than 15 instruments
 */
export function writeMidi({ notes, tempo = DEFAULT_TEMPO }: Score): Uint8Array {
  // The format keeps microseconds in 24 bits, and they must not be zero.
  if (!(tempo >= 4 && tempo <= 1e6)) {
    throw new MidiError(`The tempo is ${tempo} quarter notes a minute; expected 4 to 1000000.`);
  }
  const midi = new Midi();
  // The type says that it cannot be set; the format's header is written from it.
  midi.header.fromJSON({
    name: '',
    ppq: TICKS,
    tempos: [{ bpm: tempo, ticks: 0 }],
    timeSignatures: [],
    keySignatures: [],
    meta: [],
  });
  const tracks = new Map<string, NoteEvent[]>();
  for (const [i, note] of notes.entries()) {
    checkNote(note, i);
    const key = note.drum ? 'drums' : String(note.program ?? 0);
    const track = tracks.get(key);
    if (track) track.push(note);
    else tracks.set(key, [note]);
  }
  let channel = 0;
  for (const [key, track] of tracks) {
    const written = midi.addTrack();
    if (key === 'drums') written.channel = DRUM_CHANNEL;
    else {
      if (channel === DRUM_CHANNEL) channel++;
      if (channel > MOST_PROGRAMS) {
        throw new MidiError(
          `There are ${tracks.size} instruments; a MIDI file has channels for ${MOST_PROGRAMS}.`,
        );
      }
      written.channel = channel++;
      written.instrument.number = Number(key);
    }
    for (const { start, duration, pitch, velocity = 80 } of sortNotes(track)) {
      const ticks = Math.round(start * TICKS);
      written.addNote({
        midi: pitch,
        ticks,
        durationTicks: Math.max(1, Math.round((start + duration) * TICKS) - ticks),
        velocity: velocity / 127,
      });
    }
  }
  return new Uint8Array(midi.toArray());
}

export interface ReadMidiOptions {
  /** What to call the file in messages. Default `The file`. */
  readonly name?: string;
  /** The most bytes that are read. Default 4 MiB, which is hours of music. */
  readonly maximumBytes?: number;
}

/** What was found in a file, besides the notes. */
export interface MidiFile extends Required<Score> {
  /** Whether the tempo changes later on; times are in quarter notes, so that it does not matter to them. */
  readonly tempoChanges: boolean;
  readonly tracks: number;
}

/**
 * Reads a MIDI file: all notes of all tracks, by start and pitch, with times in quarter notes.
 * @throws MidiError for what is no MIDI file, is damaged, or counts time in seconds (SMPTE)
 */
export function readMidi(
  bytes: Uint8Array,
  { name = 'The file', maximumBytes = 1 << 22 }: ReadMidiOptions = {},
): MidiFile {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'MThd' || bytes.length < 14) {
    throw new MidiError(`${name} is no MIDI file: it does not begin with 'MThd' and a header.`);
  }
  if (bytes.length > maximumBytes) {
    throw new MidiError(`${name} has ${bytes.length} bytes; at most ${maximumBytes} are read.`);
  }
  const division = ((bytes[12] as number) << 8) | (bytes[13] as number);
  if (division === 0 || division >= 0x8000) {
    throw new MidiError(
      `${name} does not count time in quarter notes; write it with ticks per quarter note.`,
    );
  }
  let midi: InstanceType<typeof Midi>;
  try {
    midi = new Midi(bytes.slice());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MidiError(`${name} is a damaged MIDI file (${reason}).`, { cause: error });
  }
  const notes: NoteEvent[] = [];
  for (const track of midi.tracks) {
    const drum = track.channel === DRUM_CHANNEL;
    for (const { ticks, durationTicks, midi: pitch, velocity } of track.notes) {
      // A note that ends where it begins is heard by nobody.
      if (!(durationTicks > 0) || !Number.isFinite(ticks) || !(pitch >= 0 && pitch <= 127)) continue;
      notes.push({
        start: ticks / division,
        duration: durationTicks / division,
        pitch,
        velocity: Math.min(127, Math.max(1, Math.round(velocity * 127))),
        ...(drum ? { drum } : { program: track.instrument.number }),
      });
    }
  }
  const tempos = midi.header.tempos;
  const tempo = tempos[0]?.bpm ?? DEFAULT_TEMPO;
  return {
    notes: sortNotes(notes),
    tempo: Number.isFinite(tempo) && tempo > 0 ? tempo : DEFAULT_TEMPO,
    tempoChanges: tempos.length > 1,
    tracks: midi.tracks.length,
  };
}
