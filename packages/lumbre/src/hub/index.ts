export { type Json, parseJson } from './json.ts';
export {
  readSafetensors,
  type SafetensorsFile,
  type SafetensorsOptions,
  type StoredArray,
  writeSafetensors,
} from './safetensors.ts';
export { SafetensorsError } from './safetensorsHeader.ts';
