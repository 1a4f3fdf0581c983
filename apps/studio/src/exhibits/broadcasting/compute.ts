import { tensor } from 'lumbre';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import type { Shape } from './shapes.ts';
import { type Operation, valuesOf } from './values.ts';

/** What the engine makes of two arrays: numbers, or its own words for why not. */
export type Combined = { readonly values: readonly number[] } | { readonly error: string };

const arrayOf = (of: 'a' | 'b', shape: Shape) => tensor(valuesOf(of, shape), { shape: [...shape] });

/** Two arrays under an operation, element by element. */
export async function combine(a: Shape, b: Shape, operation: Operation): Promise<Combined> {
  const [x, y] = [arrayOf('a', a), arrayOf('b', b)];
  try {
    const result = x[operation](y);
    const values = Array.from(await result.data(), Number);
    result.dispose();
    return { values };
  } catch (error) {
    if (error instanceof RangeError) return { error: error.message };
    throw error;
  } finally {
    x.dispose();
    y.dispose();
  }
}

/** The faces of one element of the result. */
export async function faces(a: Shape, b: Shape, operation: Operation, index: number): Promise<Faces> {
  // What nobody opens need not be remembered.
  startRecording();
  const [x, y] = [arrayOf('a', a), arrayOf('b', b)];
  const result = x[operation](y);
  try {
    return await facesOf(result, index, { name: 'c' });
  } finally {
    for (const each of [result, x, y]) each.dispose();
  }
}
