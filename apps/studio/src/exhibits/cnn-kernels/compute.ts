import { compile, Generator, noGrad, scope, type Tensor, tensor, where } from 'lumbre';
import { crossEntropy } from 'lumbre/nn';
import { Adam } from 'lumbre/optim';
import type { Faces } from '../../faces/faces.ts';
import { breath } from '../support/breath.ts';
import { makeDigits } from '../support/digits.ts';
import { KernelNet } from './net.ts';
import { pixelFaces } from './pixelFaces.ts';
import { FIRST, SIDE } from './size.ts';

const PIXELS = SIDE * SIDE;
const BATCH = 64;
/** Batches of digits that are drawn; afterwards they come again. */
const BATCHES = 60;
const TEST = 300;
/** Hands differ more than in the pictures that are shown: so the network reads those of people as well. */
const VARIETY = 2;

/** What the network makes of one picture, in plain numbers. */
export interface Look {
  /** 9 numbers a filter, and its bias. */
  readonly kernels: readonly (readonly number[])[];
  readonly biases: readonly number[];
  /** Before the ReLU, [8][400]. */
  readonly first: readonly Float32Array[];
  readonly firstPooled: readonly Float32Array[];
  readonly secondPooled: readonly Float32Array[];
  readonly probabilities: readonly number[];
}

export interface Progress {
  readonly step: number;
  readonly loss: number;
  /** On digits that it has not seen, from 0 to 1; measured now and then. */
  readonly accuracy: number;
}

/** A filter of the learner's, in the place of a learnt one; training leaves it alone. */
export type Fixed = readonly (readonly number[] | null)[];

let session: Session | null = null;

class Session {
  readonly net: KernelNet;
  readonly optimizer: Adam;
  readonly step: (x: Tensor, y: Tensor, mask: Tensor, values: Tensor) => Tensor;
  readonly read: (x: Tensor) => Record<'first' | 'firstPooled' | 'secondPooled' | 'probabilities', Tensor>;
  readonly correct: (x: Tensor, y: Tensor) => Tensor;
  readonly dispose: () => void;
  readonly batches: { pixels: Float32Array; labels: Int32Array }[] = [];
  test: { x: Tensor; y: Tensor } | null = null;
  steps = 0;
  fixed: (readonly number[] | null)[] = Array.from({ length: FIRST }, () => null);
  readonly learnt = new Map<number, readonly number[]>();
  readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
    this.net = new KernelNet(new Generator(seed));
    this.optimizer = new Adam(this.net.parameters(), { lr: 3e-3 });
    const step = compile((x: Tensor, y: Tensor, mask: Tensor, values: Tensor) => {
      const loss = crossEntropy(this.net.forward(x), y);
      loss.backward();
      this.optimizer.step();
      this.optimizer.zeroGrad();
      noGrad(() => this.net.conv1.weight.assign(where(mask, values, this.net.conv1.weight)));
      return loss;
    });
    const read = compile((x: Tensor) =>
      noGrad(() => {
        const { first, firstPooled, secondPooled, logits } = this.net.activations(x);
        return { first, firstPooled, secondPooled, probabilities: logits.softmax(1) };
      }),
    );
    const correct = compile((x: Tensor, y: Tensor) =>
      noGrad(() => this.net.forward(x).argmax(1).eq(y).to('float32').mean()),
    );
    this.step = step;
    this.read = read;
    this.correct = correct;
    this.dispose = () => {
      for (const program of [step, read, correct]) program.dispose();
      this.optimizer.dispose();
      this.net.dispose();
      this.test?.x.dispose();
      this.test?.y.dispose();
    };
  }

  /** The digits of a step. The first ones are drawn when they are wanted, so that training begins at once. */
  batch(step: number): { pixels: Float32Array; labels: Int32Array } {
    const number = step % BATCHES;
    let batch = this.batches[number];
    if (!batch) {
      batch = makeDigits(BATCH, this.seed + 1000 * (number + 1), { size: SIDE, variety: VARIETY });
      this.batches[number] = batch;
    }
    return batch;
  }

  unseen(): { x: Tensor; y: Tensor } {
    if (!this.test) {
      const { pixels, labels } = makeDigits(TEST, this.seed + 2, { size: SIDE, variety: VARIETY });
      this.test = { x: tensor(pixels, { shape: [TEST, 1, SIDE, SIDE] }), y: tensor(labels) };
    }
    return this.test;
  }
}

/** Starts anew: random filters from a seed. */
export function open(seed: number): void {
  session?.dispose();
  running = null;
  session = new Session(seed);
}

/** Gives back what there is. */
export function close(): void {
  running = null;
  session?.dispose();
  session = null;
}

function current(): Session {
  if (!session) throw new Error('open(seed) comes first.');
  return session;
}

/** Puts the learner's filters in; where there is `null` the learnt one is in its place again. */
export function fix(fixed: Fixed): void {
  const now = current();
  scope(() => {
    const weights = Float32Array.from(now.net.conv1.weight.dataSync());
    for (let i = 0; i < FIRST; i++) {
      const [before, next] = [now.fixed[i] ?? null, fixed[i] ?? null];
      if (next && !before) now.learnt.set(i, [...weights.slice(9 * i, 9 * i + 9)]);
      const values = next ?? (before ? now.learnt.get(i) : undefined);
      if (values) weights.set(values, 9 * i);
    }
    noGrad(() => now.net.conv1.weight.assign(tensor(weights, { shape: [FIRST, 1, 3, 3] }).realize()));
  });
  now.fixed = [...fixed];
}

const split = (values: ArrayLike<number>, size: number): Float32Array[] => {
  const all = Float32Array.from(values);
  return Array.from({ length: all.length / size }, (_, i) => all.slice(i * size, (i + 1) * size));
};

/** What the network makes of a picture of 20 × 20 shares of ink. */
export async function look(pixels: Float32Array): Promise<Look> {
  const { net, read } = current();
  const x = tensor(pixels, { shape: [1, 1, SIDE, SIDE] });
  const seen = read(x);
  const result: Look = {
    kernels: split(await net.conv1.weight.data(), 9).map((kernel) => [...kernel]),
    biases: [...(await (net.conv1.bias as Tensor).data())],
    first: split(await seen.first.data(), PIXELS),
    firstPooled: split(await seen.firstPooled.data(), PIXELS / 4),
    secondPooled: split(await seen.secondPooled.data(), PIXELS / 16),
    probabilities: [...(await seen.probabilities.data())],
  };
  for (const value of [x, ...Object.values(seen)]) value.dispose();
  return result;
}

/** The part of unseen digits that is read right. */
export async function accuracy(): Promise<number> {
  const now = current();
  const test = now.unseen();
  const found = now.correct(test.x, test.y);
  const value = await found.item();
  found.dispose();
  return value;
}

/** The faces of a pixel of one of the first maps. */
export async function faces(
  pixels: Float32Array,
  kernel: number,
  row: number,
  column: number,
): Promise<Faces> {
  const { first, probabilities } = await look(pixels);
  const all = Float32Array.from(first.flatMap((map) => [...map]));
  const seen = probabilities.indexOf(Math.max(...probabilities));
  return pixelFaces(current().net, pixels, all, kernel, row, column, seen);
}

let running: object | null = null;

/** Trains until `steps` steps have been made in all, or `pause` is called; tells how it goes about ten times a second. */
export async function train(steps: number, tell: (progress: Progress) => void): Promise<void> {
  const now = current();
  const run = {};
  running = run;
  let told = 0;
  let found = now.steps === 0 ? 0.1 : await accuracy();
  while (running === run && session === now && now.steps < steps) {
    const { pixels, labels } = now.batch(now.steps);
    const mask = now.fixed.map((kernel) => (kernel ? 1 : 0));
    const inputs = [
      tensor(pixels, { shape: [BATCH, 1, SIDE, SIDE] }),
      tensor(labels),
      tensor(mask, { shape: [FIRST, 1, 1, 1], dtype: 'bool' }),
      tensor(
        now.fixed.flatMap((kernel) => kernel ?? new Array<number>(9).fill(0)),
        { shape: [FIRST, 1, 3, 3] },
      ),
    ] as const;
    const loss = now.step(...inputs);
    const value = await loss.item();
    for (const used of [...inputs, loss]) used.dispose();
    now.steps++;
    // Measuring takes as long as several steps.
    if (now.steps % 40 === 0) found = await accuracy();
    if (performance.now() - told > 200 || now.steps === steps) {
      told = performance.now();
      tell({ step: now.steps, loss: value, accuracy: found });
    }
    await breath();
  }
  if (running === run) running = null;
}

export function pause(): void {
  running = null;
}
