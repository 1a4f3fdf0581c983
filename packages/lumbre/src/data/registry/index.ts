export {
  type DataPart,
  type DecodeOptions,
  decodeDataSet,
  faceLabelNames,
} from './decode.ts';
export { decodeChorales, decodeIdx, type IdxArray } from './decoders.ts';
export {
  type Bilingual,
  type DataFile,
  type DataFormat,
  type DataKind,
  type DataSetEntry,
  type FileRole,
  type FileSet,
  isDownloadable,
  isMirrored,
  type Normalization,
} from './entry.ts';
export { DataSetError, type DataSetErrorCode } from './errors.ts';
export { mirrorSource, type ReadMirror, readFromMirror } from './mirror.ts';
export { type NormalizeOptions, normalizeFile } from './normalize.ts';
export { findDataSet, maximumBytesOf, registry } from './registry.ts';
export {
  type DataSource,
  type ImageSplit,
  type LoadedData,
  type LoadedImages,
  type LoadedMusic,
  type LoadedTable,
  type LoadedText,
  type OpenOptions,
  openImages,
  openMusic,
  openTable,
  openText,
  type Piece,
} from './source.ts';
export { sha256, type VerifiedContent, verifyFile } from './verify.ts';
