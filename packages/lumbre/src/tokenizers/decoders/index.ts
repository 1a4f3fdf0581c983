export { ByteFallback, ByteLevel } from './bytes.ts';
export type { Decoder } from './decoder.ts';
export { Fuse, Replace, Sequence, Strip } from './texts.ts';
export { BPEDecoder, CTC, type CTCOptions, Metaspace, WordPiece, type WordPieceOptions } from './words.ts';
