export { type MidiFile, type ReadMidiOptions, readMidi, writeMidi } from './midi.ts';
export {
  notesToPiece,
  PITCHES,
  type PieceNotesOptions,
  pianoRoll,
  pieceOfRoll,
  pieceToNotes,
} from './pianoRoll.ts';
export { MidiError, type NoteEvent, type Score } from './score.ts';
export { pieceOfVoices, REST, voiceGrid } from './voices.ts';
