// WebAssembly and the interpreter must leave the same memory.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modes, runReference, runWasm } from './harness.ts';
import { KernelMaker, randomCall } from './randomKernel.ts';

describe.each(modes)('$name', ({ options, fma }) => {
  const decision = fc.nat({ max: 2 ** 20 });

  test('a random kernel leaves the same memory as the interpreter', () => {
    fc.assert(
      fc.property(fc.array(decision, { minLength: 1, maxLength: 300, size: 'max' }), (decisions) => {
        const kernel = new KernelMaker(decisions).make();
        expect(runWasm(kernel, randomCall, options)).toEqual(runReference(kernel, randomCall, fma));
      }),
      { seed: 20240607, numRuns: 500 },
    );
  });
});
