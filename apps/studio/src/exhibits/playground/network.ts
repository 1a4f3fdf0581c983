import { type Generator, type Tensor, tensor, uniform } from 'lumbre';
import { BatchNorm1d, Dropout, Linear, Module } from 'lumbre/nn';
import { features } from './places.ts';
import type { ActivationName, FeatureName, PlaygroundState } from './state.ts';

/** What the network is told of some places: [count, features], row by row. */
export function featuresOf(
  names: readonly FeatureName[],
  places: readonly (readonly [x: number, y: number, ...unknown[]])[],
): Float32Array {
  const values = new Float32Array(places.length * names.length);
  places.forEach(([x, y], i) => {
    names.forEach((name, j) => {
      values[i * names.length + j] = features[name](x, y);
    });
  });
  return values;
}

const bend = (name: ActivationName, x: Tensor): Tensor => {
  switch (name) {
    case 'relu':
      return x.relu();
    case 'leaky':
      return x.leakyRelu(0.1);
    case 'tanh':
      return x.tanh();
    case 'sigmoid':
      return x.sigmoid();
    case 'gelu':
      return x.gelu();
    case 'linear':
      return x;
  }
};

/** How steep the activation function is at each sum. */
const steepness = (name: ActivationName, { sums, passed }: LayerTrace): Tensor => {
  switch (name) {
    case 'relu':
      return sums.gt(0).to('float32');
    case 'leaky':
      return sums.gt(0).to('float32').mul(0.9).add(0.1);
    case 'tanh':
      return passed.square().neg().add(1);
    case 'sigmoid':
      return passed.mul(passed.neg().add(1));
    case 'gelu':
      return sums
        .div(Math.SQRT2)
        .erf()
        .add(1)
        .mul(0.5)
        .add(sums.mul(sums.square().mul(-0.5).exp()).div(Math.sqrt(2 * Math.PI)));
    case 'linear':
      return sums.mul(0).add(1);
  }
};

/** How far from zero first weights are drawn: He's for what cuts off at zero, Glorot's for the others. */
const boundOf = (name: ActivationName, { inFeatures, outFeatures }: Linear): number =>
  name === 'relu' || name === 'leaky' || name === 'gelu'
    ? Math.sqrt(6 / inFeatures)
    : Math.sqrt(6 / (inFeatures + outFeatures));

/** The sums of a layer, and what its neurons pass on. */
export interface LayerTrace {
  readonly sums: Tensor;
  readonly passed: Tensor;
}

/** The network of the playground: hidden layers of a few neurons, and logits, or one value. */
export class PointsNetwork extends Module {
  readonly hidden: Linear[];
  readonly norms: BatchNorm1d[];
  readonly drop: Dropout;
  readonly output: Linear;
  readonly #activation: ActivationName;
  readonly #generator: Generator;

  constructor(
    state: Pick<PlaygroundState, 'features' | 'layers' | 'activation' | 'dropout' | 'normalize' | 'bias'>,
    outputs: number,
    generator: Generator,
  ) {
    super();
    const widths = [state.features.length, ...state.layers];
    this.#activation = state.activation;
    this.#generator = generator;
    this.hidden = state.layers.map((width, i) => new Linear(widths[i] as number, width, { generator }));
    this.norms = state.normalize ? state.layers.map((width) => new BatchNorm1d(width)) : [];
    this.drop = new Dropout(state.dropout, { generator });
    this.output = new Linear(widths.at(-1) as number, outputs, { generator });
    // As wide as what each activation function needs so that signals keep their size (He, Glorot), with biases of zero: as
    // Linear draws them, a layer of four often has a neuron that is dead before it begins.
    for (const [i, layer] of this.hidden.entries()) {
      const bound = boundOf(state.activation, layer);
      const size = layer.weight.size;
      const drawn = uniform(-bound, bound, [size], { generator });
      assignValues(layer.weight, Float32Array.from(drawn.dataSync() as Float32Array));
      drawn.dispose();
      if (layer.bias)
        assignValues(layer.bias, new Float32Array(layer.outFeatures).fill(i === 0 ? state.bias : 0));
    }
  }

  /** The logits [count, classes], or the values [count, 1], and what happens in each layer on the way. */
  trace(x: Tensor): { layers: LayerTrace[]; result: Tensor } {
    const layers: LayerTrace[] = [];
    let flow = x;
    this.hidden.forEach((layer, i) => {
      const sums = this.norms[i]?.forward(layer.forward(flow)) ?? layer.forward(flow);
      const passed = bend(this.#activation, sums);
      layers.push({ sums, passed });
      flow = this.drop.forward(passed);
    });
    return { layers, result: this.output.forward(flow) };
  }

  forward(x: Tensor): Tensor {
    return this.trace(x).result;
  }

  /** How steep the activation function is where a layer is now. */
  steepness(layer: LayerTrace): Tensor {
    return steepness(this.#activation, layer);
  }

  /** Draws the weights that lead to a neuron anew, with a bias of zero: a dead one may be born again. */
  revive(layer: number, neuron: number): void {
    const linear = this.hidden[layer] as Linear;
    const bound = boundOf(this.#activation, linear);
    const values = Float32Array.from(linear.weight.dataSync() as Float32Array);
    const drawn = uniform(-bound, bound, [linear.inFeatures], { generator: this.#generator });
    values.set(drawn.dataSync() as Float32Array, neuron * linear.inFeatures);
    drawn.dispose();
    assignValues(linear.weight, values);
    if (!linear.bias) return;
    const biases = Float32Array.from(linear.bias.dataSync() as Float32Array);
    biases[neuron] = 0;
    assignValues(linear.bias, biases);
  }
}

/** Puts numbers in the place of those of a tensor. */
export function assignValues(target: Tensor, values: Float32Array): void {
  const source = tensor(values, { shape: target.shape });
  target.assign(source);
  source.dispose();
}
