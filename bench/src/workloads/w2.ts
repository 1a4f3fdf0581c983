import { type CompiledFunction, compile, type Tensor, tensor, valueAndGrad } from 'lumbre';
import { InputPool } from '../inputs.ts';
import { checksum, relativeDeviation } from '../oracle.ts';
import type { Case, Check, Session, Workload } from '../workload.ts';

/** gelu(x · a + b) · c, the tanh form of GELU; a, b and c are single numbers. */
const formula = (x: Tensor, a: Tensor, b: Tensor, c: Tensor): Tensor =>
  x.mul(a).add(b).gelu({ approximate: 'tanh' }).mul(c);

/** Forward gives y; both ways give the sum of y and its gradients by x, a, b and c. */
const directions = {
  forward: (x: Tensor, ...numbers: [Tensor, Tensor, Tensor]) => [formula(x, ...numbers)],
  'forward+backward': (x: Tensor, ...numbers: [Tensor, Tensor, Tensor]) => {
    const both = valueAndGrad((...all: [Tensor, Tensor, Tensor, Tensor]) => formula(...all).sum(), {
      argnums: [0, 1, 2, 3],
    });
    const [sum, gradients] = both(x, ...numbers);
    return [...gradients, sum];
  },
};

type Direction = keyof typeof directions;
type Arguments = [Tensor, Tensor, Tensor, Tensor];

const ROOT = Math.sqrt(2 / Math.PI);

/** The same by the textbook, one element at a time, in double precision. */
function expectedOutputs(
  direction: Direction,
  x: Float32Array,
  [a, b, c]: readonly [number, number, number],
): ArrayLike<number>[] {
  const result = new Float64Array(x.length);
  const total = { a: 0, b: 0, c: 0, sum: 0 };
  for (let i = 0; i < x.length; i++) {
    const u = (x[i] as number) * a + b;
    const tanh = Math.tanh(ROOT * (u + 0.044715 * u ** 3));
    const gelu = 0.5 * u * (1 + tanh);
    const slope = 0.5 * (1 + tanh) + 0.5 * u * (1 - tanh ** 2) * ROOT * (1 + 3 * 0.044715 * u ** 2);
    result[i] = direction === 'forward' ? gelu * c : slope * c * a;
    total.a += slope * c * (x[i] as number);
    total.b += slope * c;
    total.c += gelu;
    total.sum += gelu * c;
  }
  if (direction === 'forward') return [result];
  return [result, [total.a], [total.b], [total.c], [total.sum]];
}

/** An elementwise formula on fresh numbers. */
class Elementwise implements Session {
  readonly #direction: Direction;
  readonly #device: string;
  readonly #compute: CompiledFunction<Arguments, Tensor[]>;
  readonly #pool: InputPool;
  readonly #numbers = new InputPool(3, 2);
  #inputs: Arguments[] = [];
  #outputs: Tensor[][] = [];
  #last: { readonly inputs: readonly Float32Array[]; readonly results: readonly ArrayLike<number>[] } | null =
    null;

  constructor(elements: number, direction: Direction, device: string) {
    this.#direction = direction;
    this.#device = device;
    this.#compute = compile(directions[direction]);
    this.#pool = new InputPool(elements, 1);
  }

  prepare(steps: number): void {
    const device = this.#device;
    for (let i = 0; i < steps; i++) {
      const x = this.#pool.next();
      const numbers = this.#numbers.next();
      this.#last = { inputs: [x, numbers], results: [] };
      const single = (j: number) => tensor(numbers[j] as number, { device });
      this.#inputs.push([tensor(x, { shape: [x.length], device }), single(0), single(1), single(2)]);
    }
  }

  run(): void {
    for (const inputs of this.#inputs) {
      const outputs = this.#compute(...inputs);
      for (const output of outputs) output.realize();
      this.#outputs.push(outputs);
    }
  }

  async inspect(): Promise<void> {
    for (const outputs of this.#outputs) {
      const results = await Promise.all(outputs.map((output) => output.data()));
      for (const result of results) checksum(result, this.#direction);
      if (this.#last) this.#last = { ...this.#last, results };
    }
    for (const tensor of [...this.#inputs.flat(), ...this.#outputs.flat()]) tensor.dispose();
    this.#inputs = [];
    this.#outputs = [];
  }

  check(): Check {
    if (!this.#last) throw new Error('There is nothing to check: no step was made.');
    const { inputs, results } = this.#last;
    const [x, numbers] = inputs as [Float32Array, Float32Array];
    const expected = expectedOutputs(this.#direction, x, [...numbers] as [number, number, number]);
    const deviations = expected.map((values, i) =>
      relativeDeviation(results[i] as ArrayLike<number>, values),
    );
    return {
      what: 'all results of the last step, against plain loops in float64',
      deviation: Math.max(...deviations),
      tolerance: 1e-3,
    };
  }

  dispose(): void {
    this.#compute.dispose();
  }
}

export function elementwiseCase(direction: Direction, elements: number): Case {
  return {
    name: direction,
    unit: 'ms',
    sizes: { elements, direction },
    operations: 0,
    // Forward reads x and writes y, both ways read x and write its gradient: y itself need not be kept.
    bytes: 2 * 4 * elements,
    open: (device) => new Elementwise(elements, direction, device),
  };
}

export const w2: Workload = {
  name: 'W2',
  title: 'y = gelu(x * a + b) * c over 4 Mi elements',
  cases: [elementwiseCase('forward', 4 * 2 ** 20), elementwiseCase('forward+backward', 4 * 2 ** 20)],
};
