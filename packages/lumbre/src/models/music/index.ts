export {
  AGAIN,
  END,
  FIRST_PITCH,
  joinPieces,
  NOTE_VOCAB_SIZE,
  NoteTokenizer,
  pitchCount,
  STEP,
  stepCount,
  transposeTokens,
} from './noteTokenizer.ts';
export {
  completePianoRollGANConfig,
  PianoRollGAN,
  type PianoRollGANConfig,
  RollDiscriminator,
  RollGenerator,
} from './pianoRollGan.ts';
