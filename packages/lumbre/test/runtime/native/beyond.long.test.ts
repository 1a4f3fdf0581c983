// More than 4 GiB of tensors: what WebAssembly has no room for lies in memory of the addon's, and is computed with there.
import { expect, test } from 'vitest';
import { compile, full, memory, type Tensor } from '../../../src/index.ts';
import { compilerProblem } from '../../../src/runtime/native/toolchain/compiler.ts';

const problem = compilerProblem();
if (problem) console.warn(`Memory beyond 4 GiB is passed over: ${problem}`);

/** 1 GiB of float32. */
const ELEMENTS = 2 ** 28;

test.skipIf(problem)(
  'tensors beyond 4 GiB are computed with, read, updated in place and given back',
  async () => {
    const before = memory('native').liveBytes;
    const tensors = [1, 2, 3, 4, 5].map((value) => full([ELEMENTS], value, { device: 'native' }).realize());
    expect(memory('native').liveBytes - before).toBe(5 * 4 * ELEMENTS);
    const last = tensors[4] as Tensor;
    expect(await last.max().item()).toBe(5);
    // Some here, some there.
    expect(
      await (tensors[0] as Tensor)
        .add(last)
        .narrow(0, ELEMENTS - 3, 3)
        .array(),
    ).toEqual([6, 6, 6]);
    const step = compile(() => {
      last.assign(last.mul(2));
      return last.narrow(0, 0, 2);
    });
    for (const expected of [10, 20, 40, 80]) {
      const shown = step();
      expect(await shown.array()).toEqual([expected, expected]);
      shown.dispose();
    }
    step.dispose();
    for (const tensor of tensors) tensor.dispose();
  },
);
