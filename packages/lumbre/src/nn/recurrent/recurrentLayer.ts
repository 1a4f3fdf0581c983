import { formatShape, sameShape } from '../../graph/shape.ts';
import { cat, stack } from '../../tensor/combine.ts';
import { zeros } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { uniform } from '../../tensor/random.ts';
import { scan } from '../../tensor/scan.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { LayerOptions } from '../linear.ts';
import { Module } from '../module.ts';
import { parameter } from '../parameter.ts';
import { type Lengths, withinLengths } from './lengths.ts';
import type { Recurrence, RecurrentWeights } from './recurrence.ts';

export interface RecurrentOptions extends LayerOptions {
  /** How many layers lie one upon the other. Default 1. */
  readonly numLayers?: number;
  /** Whether biases are added. Default true. */
  readonly bias?: boolean;
  /** Whether inputs and outputs are `[batch, time, ..]`, not `[time, batch, ..]`. States are not changed. Default false. */
  readonly batchFirst?: boolean;
  /** While training: the probability with which what goes from one layer to the next is dropped. Default 0. */
  readonly dropout?: number;
  /** Whether a second network reads each layer's input from its end. Default false. */
  readonly bidirectional?: boolean;
}

export interface RecurrentCall {
  /**
   * How many steps each row has, as whole numbers or int32 `[batch]`: what comes behind changes no state, its outputs are
   * zeros, and the reverse direction begins at the row's end. PyTorch's `pack_padded_sequence` gives the same.
   */
  readonly lengths?: Lengths;
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

/** What RNN, LSTM and GRU share: parameters by PyTorch's names, and the loop over steps. */
export abstract class RecurrentLayer extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** How long the hidden state of an LSTM is made by a projection; 0 if it is not. */
  readonly projSize: number;
  /** `weight_ih_l0` `[gates · hiddenSize, inputSize]`, `weight_hh_l0`, `weight_hr_l0_reverse`, … */
  readonly [name: `weight_${string}`]: Tensor;
  /** `bias_ih_l0` `[gates · hiddenSize]`, `bias_hh_l0`, … */
  readonly [name: `bias_${string}`]: Tensor;
  readonly #recurrence: Recurrence;
  readonly #generator: Generator | undefined;

  constructor(
    recurrence: Recurrence,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions & { readonly projSize?: number },
  ) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options;
    const { projSize = 0, dtype, device, generator } = options;
    const name = this.constructor.name;
    if (![inputSize, hiddenSize, numLayers].every(isCount)) {
      throw new RangeError(
        `${name}: inputSize, hiddenSize and numLayers must be whole numbers of at least 1, got ${inputSize}, ` +
          `${hiddenSize} and ${numLayers}.`,
      );
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new RangeError(`${name}: dropout must be a probability from 0 to 1, not ${dropout}.`);
    }
    if (projSize !== 0 && !(isCount(projSize) && projSize < hiddenSize)) {
      throw new RangeError(
        `${name}: projSize must be a whole number below hiddenSize (${hiddenSize}), got ${projSize}.`,
      );
    }
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    this.#recurrence = recurrence;
    this.#generator = generator;

    const bound = 1 / Math.sqrt(hiddenSize);
    const gates = recurrence.gates * hiddenSize;
    const own = this as Record<string, unknown>;
    const make = (key: string, shape: readonly number[]) => {
      own[key] = parameter(uniform(-bound, bound, shape, { dtype, device, generator }));
    };
    for (const [layer, ending] of this.#parts()) {
      make(`weight_ih_${ending}`, [gates, layer === 0 ? inputSize : this.outputSize]);
      make(`weight_hh_${ending}`, [gates, projSize || hiddenSize]);
      if (bias) {
        make(`bias_ih_${ending}`, [gates]);
        make(`bias_hh_${ending}`, [gates]);
      }
      if (projSize > 0) make(`weight_hr_${ending}`, [projSize, hiddenSize]);
    }
  }

  /** 2 if bidirectional, else 1. */
  get directions(): 1 | 2 {
    return this.bidirectional ? 2 : 1;
  }

  /** How many features come out. */
  get outputSize(): number {
    return this.directions * (this.projSize || this.hiddenSize);
  }

  /** Layers and directions in the order of states and parameters, with what their parameters' names end in. */
  *#parts(): IterableIterator<readonly [layer: number, ending: string]> {
    for (let layer = 0; layer < this.numLayers; layer++) {
      yield [layer, `l${layer}`];
      if (this.bidirectional) yield [layer, `l${layer}_reverse`];
    }
  }

  #weights(ending: string): RecurrentWeights {
    const own = this as Readonly<Record<string, unknown>>;
    const at = (key: string) => (own[`${key}_${ending}`] ?? null) as Tensor | null;
    return {
      ih: at('weight_ih') as Tensor,
      hh: at('weight_hh') as Tensor,
      biasIh: at('bias_ih'),
      biasHh: at('bias_hh'),
      hr: at('weight_hr'),
    };
  }

  /** States are `[layers · directions, batch, size]` each; without a batch in `x`, they have none either. */
  protected run(
    x: Tensor,
    given: readonly Tensor[] | undefined,
    { lengths }: RecurrentCall,
  ): readonly [output: Tensor, states: readonly Tensor[]] {
    const name = this.constructor.name;
    if ((x.ndim !== 2 && x.ndim !== 3) || x.shape.at(-1) !== this.inputSize) {
      const batched = this.batchFirst ? 'batch, time' : 'time, batch';
      throw new RangeError(
        `${name}: expected an input [${batched}, ${this.inputSize}] or [time, ${this.inputSize}], got ` +
          `${formatShape(x.shape)}.`,
      );
    }
    const single = x.ndim === 2;
    const timeFirst = single ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x;
    const [time, batch] = timeFirst.shape as readonly [number, number, number];
    if (time === 0) throw new RangeError(`${name}: the input ${formatShape(x.shape)} has no step.`);
    const states = this.#initialStates(given, x, single ? null : batch);
    const alive = lengths ? withinLengths(name, lengths, { time, batch, device: x.device }) : null;

    let layerInput = timeFirst;
    const last: Tensor[][] = states.map(() => []);
    const parts = [...this.#parts()];
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0 && this.dropout > 0 && this.training) {
        layerInput = layerInput.dropout(this.dropout, true, this.#generator);
      }
      const outputs = parts.flatMap(([of, ending], part) => {
        if (of !== layer) return [];
        const initial = states.map((state) => state.select(0, part));
        const reverse = ending.endsWith('_reverse');
        const [finals, output] = this.#loop(layerInput, initial, this.#weights(ending), { alive, reverse });
        finals.forEach((final, i) => {
          last[i]?.push(final);
        });
        return [output];
      });
      layerInput = outputs.length === 1 ? (outputs[0] as Tensor) : cat(outputs, -1);
    }
    const finals = last.map((parts) => {
      const stacked = parts.length === 1 ? (parts[0] as Tensor).unsqueeze(0) : stack(parts);
      return single ? stacked.squeeze(1) : stacked;
    });
    const output = single ? layerInput.squeeze(1) : this.batchFirst ? layerInput.transpose(0, 1) : layerInput;
    return [output, finals];
  }

  /** One layer in one direction: `[time, batch, inputs]` to `[time, batch, hidden]`, and the states at the end. */
  #loop(
    x: Tensor,
    initial: readonly Tensor[],
    weights: RecurrentWeights,
    { alive, reverse }: { readonly alive: Tensor | null; readonly reverse: boolean },
  ): readonly [finals: readonly Tensor[], output: Tensor] {
    const [time, batch, features] = x.shape as readonly [number, number, number];
    const { gates } = this.#recurrence;
    // One product for all steps; only what depends on the state is left to the loop.
    const projected = this.#recurrence
      .project(x.reshape(time * batch, features), weights)
      .reshape(time, batch, gates * this.hiddenSize);
    // Behind a row's end its states stay as they are: so the reverse direction, too, begins there.
    const step = (states: readonly Tensor[], { x: slice, alive: within }: Slices) => {
      const next = this.#recurrence.step(states, slice, weights);
      const kept = within ? next.map((state, i) => state.where(within, states[i] as Tensor)) : next;
      return [kept, kept[0] as Tensor] as const;
    };
    const slices: Slices = alive ? { x: projected, alive } : { x: projected };
    const [finals, hidden] = scan(step, initial, slices, { reverse });
    return [finals, alive ? hidden.where(alive, 0) : hidden];
  }

  #initialStates(given: readonly Tensor[] | undefined, x: Tensor, batch: number | null): readonly Tensor[] {
    const name = this.constructor.name;
    const { states } = this.#recurrence;
    const sizes = states === 1 ? [this.hiddenSize] : [this.projSize || this.hiddenSize, this.hiddenSize];
    const rows = this.numLayers * this.directions;
    if (!given) {
      const { dtype } = this.#weights('l0').hh;
      return sizes.map((size) => zeros([rows, batch ?? 1, size], { dtype, device: x.device }));
    }
    const shapes = sizes.map((size) => (batch === null ? [rows, size] : [rows, batch, size]));
    const fits =
      given.length === states && given.every((state, i) => sameShape(state.shape, shapes[i] ?? []));
    if (!fits) {
      throw new RangeError(
        `${name}: the state is ${given.map(({ shape }) => formatShape(shape)).join(' and ') || 'empty'}, expected ` +
          `${shapes.map(formatShape).join(' and ')} for an input ${formatShape(x.shape)}: ` +
          `[layers · directions${batch === null ? '' : ', batch'}, size].`,
      );
    }
    return batch === null ? given.map((state) => state.unsqueeze(1)) : given;
  }
}

interface Slices {
  readonly x: Tensor;
  readonly alive?: Tensor;
}
