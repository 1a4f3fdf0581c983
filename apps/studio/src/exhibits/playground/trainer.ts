import { type CompiledFunction, cat, compile, Generator, noGrad, type Tensor, tensor } from 'lumbre';
import { crossEntropy, mseLoss } from 'lumbre/nn';
import { Adam, AdamW, type Optimizer, SGD } from 'lumbre/optim';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { type RandomNumbers, randomFrom } from '../support/random.ts';
import { heldOut } from './datasets.ts';
import { isDead } from './diagnosis.ts';
import { measure, scoreOf } from './measure.ts';
import { featuresOf, PointsNetwork } from './network.ts';
import { places } from './places.ts';
import type { Checkpoint, HistoryPoint, NeuronStatistics, Snapshot } from './snapshot.ts';
import { classesOf, type DataPoint, type PlaygroundState, taskOf } from './state.ts';

const MOST_HISTORY = 500;

function optimizerOf(state: PlaygroundState, parameters: readonly Tensor[]): Optimizer {
  const settings = { lr: state.rate, weightDecay: state.decay };
  switch (state.optimizer) {
    case 'sgd':
      return new SGD(parameters, settings);
    case 'momentum':
      return new SGD(parameters, { ...settings, momentum: 0.9 });
    case 'adam':
      return new Adam(parameters, settings);
    case 'adamw':
      return new AdamW(parameters, settings);
  }
}

/** Trains the network of the playground, and says what can be seen of it. */
export class Trainer {
  readonly #state: PlaygroundState;
  readonly #network: PointsNetwork;
  readonly #optimizer: Optimizer;
  readonly #generator: Generator;
  #order: RandomNumbers;
  readonly #outputs: number;
  readonly #step: CompiledFunction<[Tensor, Tensor], Tensor>;
  readonly #look: CompiledFunction<[Tensor], [Tensor, Tensor]>;
  readonly #measure: CompiledFunction<[Tensor, Tensor, Tensor], Tensor[]>;
  readonly #grid: Tensor;
  #train: readonly DataPoint[] = [];
  #held: readonly DataPoint[] = [];
  #places: number[] = [];
  #next = 0;
  #seen = 0;
  #batch: number;
  #history: HistoryPoint[] = [];
  #deadSince: (number | null)[][];

  constructor(state: PlaygroundState, points: readonly DataPoint[], checkpoint?: Checkpoint) {
    this.#state = state;
    this.#batch = state.batch;
    this.#generator = new Generator(state.seed);
    this.#outputs = classesOf(points, taskOf(state));
    this.#network = new PointsNetwork(state, this.#outputs, this.#generator);
    this.#optimizer = optimizerOf(state, this.#network.parameters());
    this.#order = randomFrom(state.seed * 13 + 5);
    this.#deadSince = state.layers.map((width) => new Array<number | null>(width).fill(null));
    this.setPoints(points);
    if (checkpoint) {
      try {
        this.#restore(checkpoint);
      } catch (error) {
        this.#optimizer.dispose();
        this.#network.dispose();
        throw error;
      }
    }

    const lossOf = (result: Tensor, targets: Tensor) =>
      taskOf(state) === 'classes' ? crossEntropy(result, targets) : mseLoss(result, targets);
    this.#step = compile((x: Tensor, targets: Tensor) => {
      const loss = lossOf(this.#network.forward(x), targets);
      loss.backward();
      this.#optimizer.step();
      this.#optimizer.zeroGrad();
      return loss;
    });
    this.#look = compile((x: Tensor): [Tensor, Tensor] =>
      noGrad(() => {
        const { layers, result } = this.#network.trace(x);
        const probabilities = taskOf(state) === 'classes' ? result.softmax(-1) : result.add(0);
        const passed = layers.map((layer) => layer.passed);
        return [passed.length > 0 ? cat(passed, 1) : x.narrow(1, 0, 1).add(0), probabilities];
      }),
    );
    this.#measure = compile((x: Tensor, targets: Tensor, weights: Tensor) =>
      measure(this.#network, taskOf(state), x, targets, weights),
    );
    this.#grid = tensor(featuresOf(state.features, places), {
      shape: [places.length, state.features.length],
    });
  }

  /** Whether these points can be learnt by the network as it is: one output for each class. */
  accepts(points: readonly DataPoint[], state: PlaygroundState): boolean {
    return taskOf(state) === taskOf(this.#state) && classesOf(points, taskOf(state)) === this.#outputs;
  }

  /** Other points from now on; what was learnt stays. */
  setPoints(points: readonly DataPoint[], state: PlaygroundState = this.#state): void {
    const held = heldOut(points, state);
    this.#train = points.filter((_, i) => !held[i]);
    this.#held = points.filter((_, i) => held[i]);
    if (this.#places.length !== this.#train.length) {
      this.#places = this.#order.order(this.#train.length);
      this.#next = 0;
    }
  }

  /** Settings that may change on the way. */
  setRates({ rate, decay, batch }: Pick<PlaygroundState, 'rate' | 'decay' | 'batch'>): void {
    this.#batch = batch;
    for (const group of this.#optimizer.groups) {
      group.lr = rate;
      (group as unknown as { weightDecay: number }).weightDecay = decay;
    }
  }

  /** What the network was made for. */
  get state(): PlaygroundState {
    return this.#state;
  }

  get stepCount(): number {
    return this.#optimizer.stepCount;
  }

  /** The next batch: all points once, in random order, and then again. */
  #nextBatch(): DataPoint[] {
    const size = this.#batch === 0 ? this.#train.length : Math.min(this.#batch, this.#train.length);
    const batch: DataPoint[] = [];
    // Normalization over a batch needs two.
    const least = this.#state.normalize ? Math.max(2, size) : size;
    while (batch.length < least) {
      if (this.#next >= this.#places.length) {
        this.#places = this.#order.order(this.#train.length);
        this.#next = 0;
      }
      batch.push(this.#train[this.#places[this.#next++] as number] as DataPoint);
    }
    this.#seen += batch.length;
    return batch;
  }

  #targets(points: readonly DataPoint[]): Tensor {
    const labels = points.map(([, , label]) => label);
    return taskOf(this.#state) === 'classes'
      ? tensor(Int32Array.from(labels), { dtype: 'int32' })
      : tensor(Float32Array.from(labels), { shape: [labels.length, 1] });
  }

  #inputs(points: readonly DataPoint[]): Tensor {
    const { features } = this.#state;
    return tensor(featuresOf(features, points), { shape: [points.length, features.length] });
  }

  /** One step of training, on one batch. */
  step(): void {
    this.#network.train();
    const batch = this.#nextBatch();
    const [x, targets] = [this.#inputs(batch), this.#targets(batch)];
    const loss = this.#step(x, targets);
    for (const used of [x, targets, loss]) used.dispose();
  }

  async #figures(points: readonly DataPoint[]) {
    // Filled up with points that do not count, so that a point more does not make another program.
    const size = Math.max(32, Math.ceil(points.length / 32) * 32);
    const filled = Array.from({ length: size }, (_, i) => points[i] ?? ([0, 0, 0] as const));
    const weights = tensor(Float32Array.from({ length: size }, (_, i) => (i < points.length ? 1 : 0)));
    const [x, targets] = [this.#inputs(filled), this.#targets(filled)];
    const measured = this.#measure(x, targets, weights);
    const [losses, result, ...layers] = await Promise.all(measured.map((t) => t.data()));
    for (const used of [x, targets, weights, ...measured]) used.dispose();
    const labels = points.map(([, , label]) => label);
    const count = Math.max(1, points.length);
    let loss = 0;
    for (let i = 0; i < points.length; i++) loss += Number(losses?.[i]) / count;
    return {
      loss: points.length > 0 ? loss : Number.NaN,
      score: scoreOf(taskOf(this.#state), labels, result as Float32Array, this.#outputs),
      layers: layers as Float32Array[],
    };
  }

  /** Notes the losses of now in the history, and nothing else. */
  async note(): Promise<void> {
    this.#network.eval();
    const [train, held] = [await this.#figures(this.#train), await this.#figures(this.#held)];
    this.#note([this.stepCount, train.loss, held.loss]);
  }

  /** What can be seen now; it is also noted in the history. */
  async snapshot(): Promise<Snapshot> {
    this.#network.eval();
    const [train, held] = [await this.#figures(this.#train), await this.#figures(this.#held)];
    const [neurons, surface] = this.#look(this.#grid);
    const [neuronValues, surfaceValues] = await Promise.all([neurons.data(), surface.data()]);
    neurons.dispose();
    surface.dispose();
    this.#note([this.stepCount, train.loss, held.loss]);
    return {
      step: this.stepCount,
      epoch: this.#train.length > 0 ? this.#seen / this.#train.length : 0,
      trainLoss: train.loss,
      heldLoss: held.loss,
      trainScore: train.score,
      heldScore: held.score,
      layers: await this.#statistics(train.layers),
      output: await rowsOf(this.#network.output.weight, this.#network.output.bias),
      neurons: neuronValues as Float32Array,
      surface: surfaceValues as Float32Array,
      history: this.#history,
    };
  }

  /** Of each layer, its neurons: from the four figures that were measured of each. */
  async #statistics(layers: readonly Float32Array[]): Promise<NeuronStatistics[][]> {
    const all = [...this.#network.hidden, this.#network.output];
    const rows = await Promise.all(all.map(({ weight, bias }) => rowsOf(weight, bias)));
    return layers.map((figures, layer) => {
      const width = this.#state.layers[layer] as number;
      return Array.from({ length: width }, (_, neuron): NeuronStatistics => {
        const at = (line: number) => figures[line * width + neuron] as number;
        const own = rows[layer]?.[neuron] as { weights: number[]; bias: number };
        const statistics = {
          least: at(0),
          greatest: at(1),
          active: at(2),
          flat: at(3),
          gradient: at(4),
          heard: Math.max(
            ...(rows[layer + 1] ?? []).map(({ weights }) => Math.abs(weights[neuron] as number)),
          ),
          ...own,
        };
        const line = this.#deadSince[layer] as (number | null)[];
        line[neuron] = isDead(statistics, this.#state.activation) ? (line[neuron] ?? this.stepCount) : null;
        return { ...statistics, deadSince: line[neuron] ?? null };
      });
    });
  }

  #note(point: HistoryPoint): void {
    if (this.#history.at(-1)?.[0] === point[0]) this.#history.pop();
    this.#history.push(point);
    // When it is long, every other one is enough.
    if (this.#history.length > MOST_HISTORY)
      this.#history = this.#history.filter((_, i) => i % 2 === 0 || i === this.#history.length - 1);
  }

  revive(layer: number, neuron: number): void {
    this.#network.revive(layer, neuron);
  }

  /** The faces of a neuron's sum at the first point that is learnt from, recorded while it is computed once more. */
  async faces(layer: number, neuron: number): Promise<Faces> {
    startRecording();
    this.#network.eval();
    const point = this.#train[0] as DataPoint;
    const [x, targets] = [this.#inputs([point]), this.#targets([point])];
    const { layers, result } = this.#network.trace(x);
    const loss = taskOf(this.#state) === 'classes' ? crossEntropy(result, targets) : mseLoss(result, targets);
    try {
      return await facesOf((layers[layer] as (typeof layers)[number]).sums, neuron, {
        name: `z${layer + 1}`,
        loss,
        lossName: 'L',
      });
    } finally {
      for (const { sums, passed } of layers) {
        sums.dispose();
        passed.dispose();
      }
      for (const used of [x, targets, result, loss]) used.dispose();
    }
  }

  /** All that is needed to go on as if nothing had happened. */
  async checkpoint(): Promise<Checkpoint> {
    const { step, tensors } = this.#optimizer.stateDict();
    return {
      model: await named(this.#network.stateDict()),
      optimizer: { step, tensors: await named(tensors) },
      dropout: this.#generator.state(),
      order: { state: this.#order.state(), places: [...this.#places], next: this.#next },
      seen: this.#seen,
      history: this.#history.map(([step, train, held]) => [step, train, held]),
      deadSince: this.#deadSince.map((line) => [...line]),
    };
  }

  #restore(checkpoint: Checkpoint): void {
    const tensorsOf = (list: Checkpoint['model']) =>
      new Map(
        list.map(({ name, shape, values }) => [
          name,
          // The count of batches is a whole number.
          tensor(values, { shape, dtype: name.endsWith('num_batches_tracked') ? 'int32' : 'float32' }),
        ]),
      );
    const [model, optimizer] = [tensorsOf(checkpoint.model), tensorsOf(checkpoint.optimizer.tensors)];
    try {
      this.#network.loadStateDict(model);
      this.#optimizer.loadStateDict({ step: checkpoint.optimizer.step, tensors: optimizer });
    } finally {
      for (const used of [...model.values(), ...optimizer.values()]) used.dispose();
    }
    this.#generator.setState(checkpoint.dropout);
    this.#order = randomFrom(checkpoint.order.state);
    if (checkpoint.order.places.every((place) => place < this.#train.length)) {
      this.#places = checkpoint.order.places;
      this.#next = checkpoint.order.next;
    }
    this.#seen = checkpoint.seen;
    this.#history = checkpoint.history.map(([step, train, held]) => [step, train, held]);
    checkpoint.deadSince.forEach((line, i) => {
      if (line.length === this.#deadSince[i]?.length) this.#deadSince[i] = [...line];
    });
  }

  dispose(): void {
    this.#step.dispose();
    this.#look.dispose();
    this.#measure.dispose();
    this.#optimizer.dispose();
    this.#network.dispose();
    this.#grid.dispose();
  }
}

/** The rows of a layer: the weights that lead to each neuron, and its bias. */
async function rowsOf(weight: Tensor, bias: Tensor | null): Promise<{ weights: number[]; bias: number }[]> {
  const [weights, biases] = await Promise.all([weight.data(), bias?.data()]);
  const width = weight.shape[1] as number;
  return Array.from({ length: weight.shape[0] as number }, (_, row) => ({
    weights: Array.from({ length: width }, (_, i) => Number(weights[row * width + i])),
    bias: Number(biases?.[row] ?? 0),
  }));
}

async function named(tensors: ReadonlyMap<string, Tensor>): Promise<Checkpoint['model']> {
  return Promise.all(
    [...tensors].map(async ([name, t]) => ({
      name,
      shape: [...t.shape],
      values: Float32Array.from((await t.data()) as Float32Array),
    })),
  );
}
