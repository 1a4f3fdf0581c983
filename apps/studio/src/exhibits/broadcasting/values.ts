import { type Shape, sizeOf } from './shapes.ts';

// The numbers of both arrays are chosen so that a result shows where it comes from: 23 is 20 and 3.

/** The elements of an array: tens for `a`, units for `b`. */
export function valuesOf(of: 'a' | 'b', shape: Shape): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => (of === 'a' ? 10 : 1) * (1 + (i % 9)));
}

export const operations = ['add', 'sub', 'mul', 'div'] as const;
export type Operation = (typeof operations)[number];

export const signs: Readonly<Record<Operation, string>> = { add: '+', sub: '−', mul: '×', div: '÷' };
