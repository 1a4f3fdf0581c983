import type { PackedKind } from './ggufBlocks.ts';
import type { ElementKind, StoredArray } from './storedArray.ts';

/** What a file of weights says of a tensor before it is read. */
export interface WeightInfo {
  readonly shape: readonly number[];
  /** How its elements are stored, by the names of safetensors, or one of GGUF's packed kinds. */
  readonly kind: ElementKind | PackedKind;
  /** Bytes in the file. */
  readonly bytes: number;
}

/** A file of weights that is open: its table is known, its tensors are read one by one. */
export interface WeightFile {
  readonly format: 'safetensors' | 'pytorch' | 'gguf';
  /** By name, in the order in which they lie in the file. */
  readonly tensors: ReadonlyMap<string, WeightInfo>;
  /** What else the file says of itself, as text. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The tensors of these names, or all, in the order of the file. Nobody needs to hold more than one of them. */
  read(wanted?: (name: string) => boolean): AsyncIterable<readonly [name: string, array: StoredArray]>;
  close(): Promise<void>;
}
