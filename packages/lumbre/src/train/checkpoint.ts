import { readSafetensors, type StoredArray, writeSafetensors } from '../hub/index.ts';
import type { Json, StoredState } from './state.ts';

/** How far a training had come. */
export interface LoopState {
  /** Steps made. */
  readonly step: number;
  readonly seconds: number;
  /** The best value so far of the figure that is watched. */
  readonly best: number | null;
  /** Its last value. */
  readonly last: number | null;
}

/**
 * All that training needs to go on as if it had never stopped. As a file it is one safetensors: tensors under the names of
 * their parts, `model.lm_head.weight`, `optimizer.0.expAvg`; all else as JSON in the metadata.
 */
export interface Checkpoint {
  readonly loop: LoopState;
  /** Tells whether the data are those that training began with. */
  readonly fingerprint: string;
  /** By the names of a task's parts. */
  readonly parts: ReadonlyMap<string, StoredState>;
}

/** A file that is no checkpoint, or a damaged one. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'train.checkpoint';
}

const METADATA_KEY = 'lumbre';
const FORMAT = 2;

export function encodeCheckpoint({ loop, fingerprint, parts }: Checkpoint): Uint8Array {
  const arrays = [...parts].flatMap(([part, { tensors }]) =>
    [...tensors].map(([name, array]) => [`${part}.${name}`, array] as const),
  );
  const values = Object.fromEntries([...parts].map(([part, state]) => [part, state.values]));
  return writeSafetensors(arrays, {
    [METADATA_KEY]: JSON.stringify({ format: FORMAT, loop, fingerprint, parts: values }),
  });
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isFigure = (value: unknown): value is number | null => value === null || isNumber(value);

const loopRules: { readonly [Name in keyof LoopState]: (value: unknown) => boolean } = {
  step: isCount,
  seconds: isNumber,
  best: isFigure,
  last: isFigure,
};

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws CheckpointError when the file is damaged, is no checkpoint, or comes from a later version. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const fail = (why: string): never => {
    throw new CheckpointError(`The checkpoint cannot be read: ${why}`);
  };
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    const json = metadata.get(METADATA_KEY);
    if (json === undefined) return fail('it is a safetensors file, but Lumbre did not write it.');
    const header: unknown = JSON.parse(json);
    if (!isFields(header)) return fail('its metadata are no object.');
    const { format, loop, fingerprint, parts } = header;
    if (format !== FORMAT) {
      return fail(`it has format ${String(format)}, and this version of Lumbre reads ${FORMAT}.`);
    }
    if (!isFields(loop)) return fail("it has no 'loop'.");
    for (const [name, valid] of Object.entries(loopRules)) {
      if (!valid(loop[name])) fail(`its state has no valid '${name}'.`);
    }
    if (typeof fingerprint !== 'string') return fail("it has no valid 'fingerprint'.");
    if (!isFields(parts)) return fail("it has no 'parts'.");
    const arrays = new Map(Object.keys(parts).map((name) => [name, new Map<string, StoredArray>()]));
    for (const [name, array] of tensors) {
      const dot = name.indexOf('.');
      const part = arrays.get(name.slice(0, dot));
      if (!part) return fail(`its tensor '${name}' belongs to no part.`);
      part.set(name.slice(dot + 1), array);
    }
    return {
      loop: loop as unknown as LoopState,
      fingerprint,
      parts: new Map([...arrays].map(([name, own]) => [name, { tensors: own, values: parts[name] as Json }])),
    };
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    return fail((error as Error).message);
  }
}
