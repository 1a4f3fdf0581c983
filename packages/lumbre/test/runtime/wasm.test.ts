import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile, noGrad, randint, randn, scan, type Tensor, tensor, zeros } from '../../src/index.ts';
import { getDevice } from '../../src/runtime/devices.ts';
import { Heap } from '../../src/runtime/wasm/heap.ts';
import type { WasmStorage } from '../../src/runtime/wasm/storage.ts';
import { storageOf } from '../../src/tensor/realize.ts';
import { threadDifferences } from '../support/threads.ts';

describe('the heap', () => {
  test('blocks never overlap, freed ones are used again, and all bytes come back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 5000 }), { maxLength: 60 }), (commands) => {
        const heap = new Heap(false);
        const blocks: { start: number; bytes: number }[] = [];
        for (const command of commands) {
          if (command >= 0) blocks.push({ start: heap.allocate(command), bytes: command });
          else if (blocks.length > 0)
            heap.free(blocks.splice(-command % blocks.length, 1)[0]?.start as number);
          const sorted = [...blocks].sort((a, b) => a.start - b.start);
          sorted.slice(1).forEach(({ start }, i) => {
            const before = sorted[i] as { start: number; bytes: number };
            expect(start).toBeGreaterThanOrEqual(before.start + before.bytes);
          });
        }
        for (const { start } of blocks) heap.free(start);
        expect(heap.usedBytes).toBe(0);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('more than there can be is refused with a way out', () => {
    expect(() => new Heap(false).allocate(2 ** 33)).toThrow(/no room .* Dispose of tensors/);
  });

  test('a block is freed once', () => {
    const heap = new Heap(false);
    const block = heap.allocate(10);
    heap.free(block);
    expect(() => heap.free(block)).toThrow(/freed twice/);
  });
});

const address = (t: Tensor) => (storageOf(t.node) as WasmStorage).address;

describe('state in a compiled function', () => {
  test('is written over in place, and only where nobody else holds it', () => {
    const state = tensor([1, 2, 3], { device: 'wasm' }).realize();
    const double = compile(() => {
      state.assign(state.mul(2));
    });
    double();
    const place = address(state);
    double();
    expect(address(state)).toBe(place);
    const before = state.detach();
    double();
    expect(address(state)).not.toBe(place);
    expect(before.arraySync()).toEqual([4, 8, 12]);
    expect(state.arraySync()).toEqual([8, 16, 24]);
    double.dispose();
  });

  test('is untouched when an index in the data is wrong', () => {
    const table = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { device: 'wasm' },
    ).realize();
    const step = compile((ids: Tensor) => {
      const rows = table.indexSelect(0, ids);
      noGrad(() => table.assign(table.add(rows.sum())));
      return rows;
    });
    step(tensor([0, 1], { dtype: 'int32', device: 'wasm' }));
    const good = table.arraySync();
    expect(() => step(tensor([0, 2], { dtype: 'int32', device: 'wasm' }))).toThrow(/index 2 .*\[0, 2\)/);
    expect(table.arraySync()).toEqual(good);
    step.dispose();
  });

  test('is untouched even where the check is in the kernel that writes it', () => {
    const state = tensor([1, 2], { device: 'wasm' }).realize();
    const step = compile((ids: Tensor) => {
      state.assign(state.add(tensor([10, 20], { device: 'wasm' }).indexSelect(0, ids)));
    });
    step(tensor([1, 0], { dtype: 'int32', device: 'wasm' }));
    step(tensor([0, 1], { dtype: 'int32', device: 'wasm' }));
    expect(() => step(tensor([0, 7], { dtype: 'int32', device: 'wasm' }))).toThrow(/index 7/);
    expect(state.arraySync()).toEqual([31, 32]);
    step.dispose();
  });

  test('replaying allocates nothing', () => {
    const device = getDevice('wasm');
    const w = randn([64, 64], { device: 'wasm' }).realize();
    const step = compile(() => {
      w.assign(w.matmul(w).tanh());
    });
    for (let i = 0; i < 3; i++) step();
    const { liveBytes, peakBytes } = device.memory();
    for (let i = 0; i < 20; i++) step();
    expect(device.memory()).toMatchObject({ liveBytes, peakBytes });
    step.dispose();
  });
});

test('the bits do not depend on the number of threads', async () => {
  const inputs = [randn([96, 160]), randn([160, 224]), randn([224])].map((t) => t.dataSync());
  const [a, b, c] = [
    tensor(inputs[0] as Float32Array, { shape: [96, 160] }).realize(),
    tensor(inputs[1] as Float32Array, { shape: [160, 224] }).realize(),
    tensor(inputs[2] as Float32Array).realize(),
  ] as [Tensor, Tensor, Tensor];
  const product = a.matmul(b);
  const ids = randint(0, 9, [96]).realize();
  const cell = (h: Tensor, row: Tensor) => {
    const next = row.unsqueeze(1).mul(c).add(h.sum(0)).tanh();
    return [next, next.cumsum(1)] as const;
  };
  const outputs = [
    ...scan(cell, zeros([224, 224]), product.narrow(0, 0, 12)),
    product.add(c).gelu().softmax(-1),
    product.sum(0),
    product.mean(),
    product.argsort(-1),
    product.argmax(1),
    zeros([9, 224]).indexAdd(0, ids, product),
    zeros([9, 224]).indexCopy(0, ids, product),
    zeros([96, 9]).scatterAdd(1, product.argmax(1, { keepdim: true }).remainder(9), product),
  ];
  expect(await threadDifferences(outputs)).toEqual([]);
});
