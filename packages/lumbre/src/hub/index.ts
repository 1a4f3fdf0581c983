export { type Json, parseJson } from './json.ts';
export { type NpyOptions, readNpy, writeNpy } from './npy.ts';
export { NpyError } from './npyHeader.ts';
export { type NpzOptions, readNpz, writeNpz } from './npz.ts';
export { type LoadNpyOptions, loadNpy, loadNpz, saveNpy, saveNpz } from './numpy.ts';
export {
  readSafetensors,
  type SafetensorsFile,
  type SafetensorsOptions,
  writeSafetensors,
} from './safetensors.ts';
export { SafetensorsError } from './safetensorsHeader.ts';
export type { StoredArray, StoredFloatOptions } from './storedArray.ts';
