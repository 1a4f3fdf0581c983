import { evaluating } from '../../models/tokenDecoder.ts';
import type { KeyValueCache } from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor, zeros } from '../../tensor/creation.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalModel } from '../causal/causalModel.ts';

/** A piece of texts that enters a window. */
export interface Piece {
  /** Row after row, `time` tokens each. */
  readonly tokens: Int32Array;
  readonly time: number;
  /** Its place in the cache. */
  readonly start: number;
  /** Which of its tokens the scores are wanted after. */
  readonly last: number;
  /** The positions of the tokens, row after row; their places unless given. */
  readonly positions?: Int32Array | undefined;
  /** int32 `[rows, capacity]`: 0 for what is padding. */
  readonly mask?: Tensor | undefined;
}

type Arguments = [ids: Tensor, places: Tensor, last: Tensor, positions: Tensor | null, mask: Tensor | null];

/**
 * Keys and values of texts side by side, up to a fixed length, and the programs that read pieces of text into them: one
 * for each length of a piece, whatever its place.
 */
export class Window {
  readonly model: CausalModel;
  readonly rows: number;
  readonly capacity: number;
  /** For who takes what has been read: not to be written to. */
  readonly caches: readonly KeyValueCache[];
  /** Asked once: a model looks through its parameters for it. */
  readonly #device: string;
  readonly #programs = new Map<string, CompiledFunction<Arguments, Tensor>>();
  readonly #select = compile((from: Tensor) => {
    for (const { keys, values } of this.caches) {
      keys.assign(keys.indexSelect(0, from));
      values.assign(values.indexSelect(0, from));
    }
  });

  constructor(model: CausalModel, rows: number, capacity: number) {
    this.model = model;
    this.rows = rows;
    this.capacity = capacity;
    this.#device = model.device;
    this.caches = model.newCaches(rows, capacity);
  }

  /** Reads a piece. @returns scores, row after row */
  async read({ tokens, time, start, last, positions, mask }: Piece): Promise<Float32Array> {
    const device = this.#device;
    const place = Int32Array.from({ length: time }, (_, i) => start + i);
    const shape = [this.rows, time];
    const given: Tensor[] = [
      tensor(tokens, { shape, device }),
      tensor(place, { device }),
      tensor(Int32Array.of(last), { device }),
    ];
    if (positions) given.push(tensor(positions, { shape, device }));
    const [ids, places, wanted, at = null] = given as [Tensor, Tensor, Tensor, Tensor?];
    let logits: Tensor | null = null;
    try {
      const program = this.#program(time, mask !== undefined);
      // In the background where the device can: a server hears its clients meanwhile.
      const running = evaluating(this.model, () =>
        noGrad(() => program.async(ids, places, wanted, at, mask ?? null)),
      );
      logits = await running;
      const values = await logits.data();
      return values instanceof Float32Array ? values : Float32Array.from(values);
    } finally {
      logits?.dispose();
      for (const used of given) used.dispose();
    }
  }

  /** Each signature is a function of its own: `compile` warns of functions that are traced many times. */
  #program(time: number, masked: boolean): CompiledFunction<Arguments, Tensor> {
    const key = `${time} ${masked}`;
    const known = this.#programs.get(key);
    if (known) return known;
    const program = compile((...[ids, places, last, positions, mask]: Arguments) =>
      this.model.forward(ids, {
        caches: this.caches,
        cachePosition: places,
        // All tokens are wanted of a single one.
        last: time > 1 ? last : undefined,
        positionIds: positions ?? undefined,
        attentionMask: mask ?? undefined,
      }),
    );
    this.#programs.set(key, program);
    return program;
  }

  /** Row i becomes what row `from[i]` is. */
  reorder(from: Int32Array): void {
    if (from.every((row, i) => row === i)) return;
    const index = tensor(from, { device: this.#device });
    noGrad(() => this.#select(index));
    index.dispose();
  }

  /**
   * Takes what another window has read: each of its rows `times` times, and room behind.
   * @throws RangeError when it has no room for that.
   */
  takeFrom(other: Window, times = 1): void {
    if (other.rows * times !== this.rows || other.capacity > this.capacity) {
      throw new RangeError(
        `Window: ${other.rows} · ${times} rows of ${other.capacity} do not fit into ${this.rows} of ${this.capacity}.`,
      );
    }
    scope(() =>
      noGrad(() => {
        for (const [i, cache] of this.caches.entries()) {
          const from = other.caches[i] as KeyValueCache;
          cache.keys.assign(fitted(from.keys, cache.keys, times).realize());
          cache.values.assign(fitted(from.values, cache.values, times).realize());
        }
      }),
    );
  }

  /** Lets go of keys and values, and keeps the programs: the next text begins with `read` at 0. */
  forget(): void {
    scope(() => {
      for (const { keys, values } of this.caches) {
        // Zeros take no memory until somebody asks for them.
        for (const state of [keys, values]) {
          const { shape, dtype, device } = state;
          state.assign(zeros(shape, { dtype, device }));
        }
      }
    });
  }

  dispose(): void {
    this.#select.dispose();
    for (const program of this.#programs.values()) program.dispose();
    for (const cache of this.caches) cache.dispose();
  }
}

/** A cache's values with each row `times` times, in the shape of a longer one. */
function fitted(source: Tensor, target: Tensor, times: number): Tensor {
  const [rows, heads, capacity, size] = source.shape as [number, number, number, number];
  const repeated = source
    .unsqueeze(1)
    .expand([rows, times, heads, capacity, size])
    .reshape([rows * times, heads, capacity, size]);
  const missing = (target.shape[2] as number) - capacity;
  if (missing === 0) return repeated;
  const { dtype, device } = target;
  return cat([repeated, zeros([rows * times, heads, missing, size], { dtype, device })], 2);
}
