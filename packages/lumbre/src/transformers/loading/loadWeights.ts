import { isFloat, type NumericArray } from '../../graph/dtype.ts';
import { formatShape, sameShape } from '../../graph/shape.ts';
import type { Repository, StoredArray } from '../../hub/index.ts';
import { type ReadWeightsOptions, readWeights } from '../../hub/index.ts';
import type { Module } from '../../nn/index.ts';
import { makeBreather } from '../../platform/breathe.ts';
import { tensor } from '../../tensor/creation.ts';
import { type CheckpointLayout, nameInModel } from './layout.ts';
import { type Place, Places } from './slots.ts';

/** What weights are kept in. */
export type WeightDType = 'float32' | 'float16' | 'bfloat16' | 'int8';

/** What of a checkpoint and a model did not fit each other. */
export interface LoadingReport {
  /** Parameters that the checkpoint does not have: they start as new ones do. */
  readonly missing: readonly string[];
  /** What the checkpoint has and the model has no place for. */
  readonly unexpected: readonly string[];
}

export interface LoadWeightsOptions extends Pick<ReadWeightsOptions, 'file' | 'variant'> {
  readonly dtype: WeightDType;
  readonly device: string;
}

/** What a checkpoint and a model do not agree on. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'transformers.checkpoint';
}

/** Up to so many names are listed in a message. */
const MOST_NAMES = 20;

export const listed = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

/**
 * Fills a model that was built on a meta device with the weights of a repository, one tensor after the other.
 * @returns what was missing, still without memory, and what had no place
 * @throws CheckpointError when shapes do not fit, or nothing fits
 */
export async function loadWeights(
  model: Module,
  repository: Repository,
  layout: CheckpointLayout,
  { dtype, device, ...where }: LoadWeightsOptions,
): Promise<LoadingReport & { readonly places: Places }> {
  const places = new Places(model);
  const nameOf = (fileName: string) =>
    nameInModel(layout, fileName, (name) => places.get(name) !== undefined);
  const seen = new Set<string>();
  const mismatched: string[] = [];
  const breathe = makeBreather();

  /** One pass over the file. Of weights that are tied, `wanted` says under which name. */
  const pass = async (wanted: (place: Place, name: string) => boolean) => {
    const only = (fileName: string): boolean => {
      seen.add(fileName);
      const name = nameOf(fileName);
      const place = name === null ? undefined : places.get(name);
      return name !== null && place !== undefined && !place.filled && wanted(place, name);
    };
    const kept = dtype === 'int8' ? 'float32' : dtype;
    for await (const [fileName, stored] of readWeights(repository, { ...where, dtype: kept, only })) {
      const name = nameOf(fileName) as string;
      const place = places.get(name) as Place;
      const array = layout.transposed?.test(fileName) ? transposed(stored) : stored;
      if (!sameShape(array.shape, place.shape) || isFloat(array.dtype) !== isFloat(place.dtype)) {
        mismatched.push(
          `${name}: the file has ${array.dtype}${formatShape(array.shape)}, the model needs ` +
            `${place.dtype}${formatShape(place.shape)}`,
        );
        continue;
      }
      const value = tensor(array.data, { shape: array.shape, dtype: array.dtype, device, copy: false });
      places.fill(place, value, dtype === 'int8' && !layout.unquantized?.test(name));
      await breathe();
    }
  };

  await pass(({ names }, name) => name === names[0]);
  const tied = places.all.some(({ filled, names }) => !filled && names.length > 1);
  if (tied) await pass(() => true);

  if (mismatched.length > 0) {
    throw new CheckpointError(
      `${model.constructor.name}: ${mismatched.length} weights of ${repository.name} do not fit:\n  ` +
        `${mismatched.slice(0, MOST_NAMES).join('\n  ')}\nThe configuration is not the one that they were made with.`,
    );
  }
  if (!places.all.some(({ filled }) => filled)) {
    throw new CheckpointError(
      `${model.constructor.name}: none of the weights of ${repository.name} has a place here; it has ` +
        `${listed([...seen])}, the model ${listed(places.all.map(({ names }) => names[0] as string))}.`,
    );
  }
  return {
    places,
    missing: places.all.flatMap(({ filled, names }) => (filled ? [] : [names[0] as string])),
    unexpected: [...seen].filter((name) => nameOf(name) === null && !layout.ignored?.test(name)).sort(),
  };
}

/** Side of the squares in which a matrix is turned round: rows and columns of one lie in the cache. */
const TILE = 32;

/** A matrix `[in, out]` as `[out, in]`; what is no matrix passes through. */
export function transposed(array: StoredArray): StoredArray {
  const [rows, columns, ...more] = array.shape;
  if (rows === undefined || columns === undefined || more.length > 0) return array;
  const { data } = array;
  const turned = new (data.constructor as new (length: number) => NumericArray)(data.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          turned[column * rows + row] = data[row * columns + column] as number;
        }
      }
    }
  }
  return { ...array, shape: [columns, rows], data: turned };
}
