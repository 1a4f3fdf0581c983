import { canShareMemory } from '#platform';
import type { NumericArray } from '../../src/graph/dtype.ts';
import { underlyingNode } from '../../src/graph/node.ts';
import type { Tensor } from '../../src/index.ts';
import { wasmFeatures } from '../../src/render/wasm/features.ts';
import { getDevice } from '../../src/runtime/devices.ts';
import { WasmDevice } from '../../src/runtime/wasm/device.ts';
import { normalize } from '../../src/schedule/normalize.ts';
import { storageOf } from '../../src/tensor/realize.ts';

const bitsOf = (values: NumericArray) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();

const sameBits = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * Computes tensors that have no values yet on devices with one, two and three threads, three times each: who computes
 * which part differs from run to run.
 *
 * @returns the outputs whose bits are not those of the first run, one line each
 */
export async function threadDifferences(outputs: readonly Tensor[]): Promise<string[]> {
  const graph = normalize(outputs.map(({ node }) => underlyingNode(node)));
  const from = outputs[0] as Tensor;
  const inputs = graph.inputs.map((node) => getDevice(from.device).read(storageOf(node)));
  const problems: string[] = [];
  let first: Uint8Array[] | null = null;
  for (const threads of [1, 2, 3]) {
    const device = new WasmDevice(threads);
    // Workers start while this waits; where memory cannot be shared, one thread is all there is.
    for (let i = 0; i < 200 && device.threads < threads; i++)
      await new Promise((done) => setTimeout(done, 10));
    if (device.threads < threads && wasmFeatures().threads && canShareMemory())
      problems.push(`only ${device.threads} of ${threads} threads have started`);
    const storages = graph.inputs.map((node, i) => device.upload(node.dtype, inputs[i] as NumericArray));
    for (let run = 0; run < 3; run++) {
      const made = device.prepare(graph).run(storages);
      const bits = made.map((storage) => bitsOf(device.read(storage)));
      for (const storage of made) storage.free();
      first ??= bits;
      bits.forEach((output, i) => {
        if (!sameBits(output, (first as Uint8Array[])[i] as Uint8Array))
          problems.push(`output ${i} differs with ${threads} threads, run ${run}`);
      });
    }
    for (const storage of storages) storage.free();
    device.dispose();
  }
  return problems;
}
