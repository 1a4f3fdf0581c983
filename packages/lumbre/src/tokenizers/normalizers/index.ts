export { BertNormalizer, type BertNormalizerOptions } from './bertNormalizer.ts';
export { ByteLevel } from './byteLevel.ts';
export { Lowercase, Nmt, Prepend, Strip, StripAccents, type StripOptions } from './characters.ts';
export type { Normalizer } from './normalizer.ts';
export { Precompiled } from './precompiled.ts';
export { Replace } from './replace.ts';
export { Sequence } from './sequence.ts';
export { NFC, NFD, NFKC, NFKD } from './unicode.ts';
