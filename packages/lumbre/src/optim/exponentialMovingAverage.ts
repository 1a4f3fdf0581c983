import { formatShape, sameShape } from '../graph/shape.ts';
import { feed } from '../tensor/creation.ts';
import { keep, noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { guard } from '../tensor/trace.ts';
import { assignTogether, type Change } from './assignTogether.ts';

/** A module, as far as its weights are concerned. */
export interface Averageable {
  namedParameters(): ReadonlyMap<string, Tensor>;
  namedBuffers(): ReadonlyMap<string, Tensor>;
}

export interface ExponentialMovingAverageOptions {
  /** How much of the average is kept at each update. Default 0.999. */
  readonly decay?: number;
  /** Whether early updates keep less: min(decay, (1 + n) / (10 + n)) after n updates. Default false. */
  readonly warmup?: boolean;
}

/** What a checkpoint must keep. */
export interface AverageState {
  /** The averages, by the names of the parameters and buffers. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly values: { readonly updates: number };
}

/**
 * A running mean of a model's weights, which is often better than the weights themselves (Polyak and Juditsky 1992; as
 * `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn`). The first update copies the weights, later ones make
 * average ← decay · average + (1 - decay) · weight. Buffers, such as the running means of batch norms, are copied.
 *
 * `update` may be part of a compiled step. `averaged` evaluates the model with the averages in the place of its weights.
 */
export class ExponentialMovingAverage {
  readonly decay: number;
  readonly warmup: boolean;
  readonly #averages = new Map<Tensor, Tensor>();
  readonly #names: readonly string[];
  readonly #averaged: ReadonlySet<Tensor>;
  /** The weights' own values while averages are in their place. */
  #saved: readonly Tensor[] | null = null;
  #updates = 0;

  /** @throws RangeError when the decay is not in [0, 1); Error when the model has no weights. */
  constructor(model: Averageable, { decay = 0.999, warmup = false }: ExponentialMovingAverageOptions = {}) {
    if (!(decay >= 0 && decay < 1)) {
      throw new RangeError(`ExponentialMovingAverage: decay is ${decay}, expected a number in [0, 1).`);
    }
    this.decay = decay;
    this.warmup = warmup;
    const parameters = model.namedParameters();
    const named = new Map([...parameters, ...model.namedBuffers()]);
    if (parameters.size === 0) throw new Error('ExponentialMovingAverage: the model has no parameters.');
    this.#names = [...named.keys()];
    this.#averaged = new Set(parameters.values());
    for (const own of named.values()) {
      this.#averages.set(own, keep(noGrad(() => own.detach().clone())).realize());
    }
  }

  /** How many updates have been made. */
  get updates(): number {
    return this.#updates;
  }

  /** Takes the weights as they are now into the averages: after each step of the optimizer. */
  update(): void {
    if (guard(() => this.#saved !== null)) {
      throw new Error('ExponentialMovingAverage: update() while the averages are applied; restore() first.');
    }
    noGrad(() =>
      scope(() => {
        const before = this.#updates;
        try {
          assignTogether(this.#changes());
        } catch (error) {
          this.#updates = before;
          throw error;
        }
      }),
    );
  }

  #nextDecay(): number {
    const n = this.#updates++;
    if (n === 0) return 0;
    return this.warmup ? Math.min(this.decay, (1 + n) / (10 + n)) : this.decay;
  }

  #changes(): Change[] {
    const { device } = [...this.#averaged][0] as Tensor;
    // Counted here, and again at each replay of a compiled step.
    const next = () => {
      const decay = this.#nextDecay();
      return Float32Array.of(decay, 1 - decay);
    };
    const fed = feed(next, [2], 'float32', device, () => this.#updates--);
    const [kept, share] = [0, 1].map((i) => fed.narrow(0, i, 1).reshape([])) as [Tensor, Tensor];
    return [...this.#averages].map(([own, average]) => {
      const value = own.detach();
      if (!this.#averaged.has(own)) return [average, value];
      return [average, average.mul(kept.to(own.dtype)).add(value.mul(share.to(own.dtype)))];
    });
  }

  /** Puts the averages in the place of the weights, until `restore()`. Nothing is copied. */
  apply(): void {
    if (this.#saved) throw new Error('ExponentialMovingAverage: the averages are applied already.');
    const saved: Tensor[] = [];
    for (const [own, average] of this.#averages) {
      saved.push(keep(own.detach()));
      own.assign(average);
    }
    this.#saved = saved;
  }

  /** Gives the model its own weights back. */
  restore(): void {
    const saved = this.#saved;
    if (!saved) throw new Error('ExponentialMovingAverage: restore() without apply() before.');
    this.#saved = null;
    for (const [i, own] of [...this.#averages.keys()].entries()) {
      const value = saved[i] as Tensor;
      own.assign(value);
      value.dispose();
    }
  }

  /**
   * Runs `fn` with the averages in the place of the weights; `fn` may be asynchronous. What it returns should be computed,
   * not hang on the weights.
   */
  averaged<T>(fn: () => T): T {
    this.apply();
    let result: T;
    try {
      result = fn();
    } catch (error) {
      this.restore();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => this.restore()) as T;
    this.restore();
    return result;
  }

  /** The averages themselves, not copies, under the model's names: what `loadStateDict` of such a model takes. */
  averages(): Map<string, Tensor> {
    const values = [...this.#averages.values()];
    return new Map(this.#names.map((name, i) => [name, values[i] as Tensor]));
  }

  /** For checkpoints. The tensors themselves, not copies. */
  partState(): AverageState {
    return { tensors: this.averages(), values: { updates: this.#updates } };
  }

  /** @throws Error that lists what is missing or does not fit; then nothing has been changed. */
  loadPartState({ tensors, values }: { tensors: ReadonlyMap<string, Tensor>; values: unknown }): void {
    const own = this.averages();
    const { updates } = (values ?? {}) as { updates?: unknown };
    const problems = [...own].flatMap(([name, { shape, dtype }]) => {
      const given = tensors.get(name);
      if (!given) return [`${name} is missing`];
      const fits = given.dtype === dtype && sameShape(given.shape, shape);
      const described = `${given.dtype}${formatShape(given.shape)}`;
      return fits ? [] : [`${name} is ${described}, expected ${dtype}${formatShape(shape)}`];
    });
    if (!Number.isSafeInteger(updates) || (updates as number) < 0) {
      problems.push(`the number of updates is ${String(updates)}, expected a whole number`);
    }
    if (tensors.size > own.size) problems.push(`there are ${tensors.size} tensors, expected ${own.size}`);
    if (problems.length > 0) {
      throw new Error(
        `ExponentialMovingAverage: the state is of another model:\n  ${problems.join('\n  ')}\n` +
          'Build the model as it was when the state was saved.',
      );
    }
    this.#updates = updates as number;
    for (const [name, average] of own) average.assign(tensors.get(name) as Tensor);
  }

  /** Gives back the memory of the averages; weights that they stand in for come back first. */
  dispose(): void {
    if (this.#saved) this.restore();
    for (const average of this.#averages.values()) average.dispose();
  }
}
