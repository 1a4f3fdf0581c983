export { ByteLevel, type ByteLevelOptions } from './byteLevel.ts';
export { Digits, FixedLength, Punctuation } from './characters.ts';
export { Metaspace, type MetaspaceOptions, type PrependScheme } from './metaspace.ts';
export type { PreTokenizer } from './preTokenizer.ts';
export { Sequence } from './sequence.ts';
export { Split } from './split.ts';
export { UnicodeScripts } from './unicodeScripts.ts';
export { BertPreTokenizer, CharDelimiterSplit, Whitespace, WhitespaceSplit } from './whitespace.ts';
