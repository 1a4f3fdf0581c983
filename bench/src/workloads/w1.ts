import { type CompiledFunction, compile, type Tensor, tensor } from 'lumbre';
import { InputPool, makeBits } from '../inputs.ts';
import { checksum, productDeviation } from '../oracle.ts';
import type { Case, Check, Session, Workload } from '../workload.ts';

type Sizes = readonly [m: number, k: number, n: number];

/** Products of fresh float32 matrices [m, k] · [k, n]. */
class Products implements Session {
  readonly #sizes: Sizes;
  readonly #device: string;
  readonly #multiply: CompiledFunction<[Tensor, Tensor], Tensor>;
  readonly #pools: readonly [InputPool, InputPool];
  readonly #bits = makeBits(3);
  #inputs: [Tensor, Tensor][] = [];
  #outputs: Tensor[] = [];
  /** What went into the last product, to check it. */
  #last: [Float32Array, Float32Array] | null = null;
  #deviation = 0;

  constructor(sizes: Sizes, device: string) {
    const [m, k, n] = sizes;
    this.#sizes = sizes;
    this.#device = device;
    this.#multiply = compile((a: Tensor, b: Tensor) => a.matmul(b));
    this.#pools = [new InputPool(m * k, 1), new InputPool(k * n, 2)];
  }

  prepare(steps: number): void {
    const [m, k, n] = this.#sizes;
    const device = this.#device;
    for (let i = 0; i < steps; i++) {
      const [a, b] = this.#pools.map((pool) => pool.next()) as [Float32Array, Float32Array];
      this.#last = [a, b];
      this.#inputs.push([tensor(a, { shape: [m, k], device }), tensor(b, { shape: [k, n], device })]);
    }
  }

  run(): void {
    for (const [a, b] of this.#inputs) this.#outputs.push(this.#multiply(a, b).realize());
  }

  async inspect(): Promise<void> {
    const results = await Promise.all(this.#outputs.map((output) => output.data()));
    for (const result of results) checksum(result, 'matmul');
    for (const tensor of [...this.#inputs.flat(), ...this.#outputs]) tensor.dispose();
    this.#inputs = [];
    this.#outputs = [];
    const c = results.at(-1);
    if (!c || !this.#last) return;
    const sign = () => (this.#bits() < 0 ? -1 : 1);
    this.#deviation = Math.max(this.#deviation, productDeviation(this.#sizes, ...this.#last, c, sign));
  }

  check(): Check {
    return {
      what: "the last product of each turn, times a vector of random signs, against the operands' in float64",
      deviation: this.#deviation,
      tolerance: 1e-4,
    };
  }

  dispose(): void {
    this.#multiply.dispose();
  }
}

export function matmulCase(name: string, [m, k, n]: Sizes, together: number): Case {
  return {
    name,
    unit: 'GFLOP/s',
    sizes: { m, k, n },
    operations: 2 * m * k * n,
    bytes: 4 * (m * k + k * n + m * n),
    together,
    open: (device) => new Products([m, k, n], device),
  };
}

const square = (size: number, together: number) => matmulCase(`${size}`, [size, size, size], together);

export const w1: Workload = {
  name: 'W1',
  title: 'matrix products, float32',
  cases: [
    square(256, 32),
    square(512, 8),
    square(1024, 2),
    square(2048, 1),
    matmulCase('64x768x3072', [64, 768, 3072], 8),
    matmulCase('1x768x50257', [1, 768, 50257], 2),
  ],
};
