export { type FindWeightsOptions, type FoundWeights, findWeights } from './findWeights.ts';
export {
  type FolderWriter,
  type MemoryFolder,
  memoryFolder,
  openFolderWriter,
  writeText,
} from './folderWriter.ts';
export { type GgufFile, openGguf } from './ggufFile.ts';
export { GgufError, type GgufValue } from './ggufHeader.ts';
export { type GgufTokenizer, ggufConfig, ggufTokenizer, openGgufModel } from './ggufModel.ts';
export { HubError, type HubErrorCode } from './hubError.ts';
export { type Json, parseJson } from './json.ts';
export { type FilesByPath, memoryRepository } from './memoryRepository.ts';
export { modelFiles } from './modelFiles.ts';
export { type NpyOptions, readNpy, writeNpy } from './npy.ts';
export { NpyError } from './npyHeader.ts';
export { type NpzOptions, readNpz, writeNpz } from './npz.ts';
export { type LoadNpyOptions, loadNpy, loadNpz, saveNpy, saveNpz } from './numpy.ts';
export { openRepository } from './openRepository.ts';
export { openPytorch, PytorchError } from './pytorchFile.ts';
export { blobFile, memoryFile, type RandomAccessFile } from './randomAccess.ts';
export { openWeightFile, type ReadWeightsOptions, readWeights } from './readWeights.ts';
export type { HubOptions, HubProgress, ReadOptions, Repository } from './repository.ts';
export {
  readSafetensors,
  type SafetensorsFile,
  type SafetensorsOptions,
  writeSafetensors,
} from './safetensors.ts';
export { openSafetensors } from './safetensorsFile.ts';
export { SafetensorsError } from './safetensorsHeader.ts';
export { type SaveWeightsOptions, saveWeights, type TensorToSave } from './saveWeights.ts';
export type { StoredArray, StoredFloatOptions } from './storedArray.ts';
export type { WeightFile, WeightInfo } from './weightFile.ts';
