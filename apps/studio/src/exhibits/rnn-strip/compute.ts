import {
  type CompiledFunction,
  compile,
  Generator,
  gradients,
  noGrad,
  scope,
  stack,
  type Tensor,
  tensor,
  zeros,
} from 'lumbre';
import { crossEntropy, GRU, Linear, LSTM, RNN } from 'lumbre/nn';
import { Adam, clipGradNorm } from 'lumbre/optim';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { breath } from '../support/breath.ts';
import { randomNumbers } from '../support/digits.ts';
import { babble, type CellKind, HIDDEN, LETTERS, oneHot, SYMBOLS } from './letters.ts';

const BATCH = 48;
const RATE = 4e-3;

export interface StripSettings {
  readonly seed: number;
  readonly cell: CellKind;
  /** How many times larger the weights from state to state are than usual. */
  readonly gain: number;
  /** Symbols of the texts that it learns from. */
  readonly length: number;
}

/** What happened while a text was read, one entry a symbol. */
export interface Reading {
  /** [symbols][HIDDEN], from -1 to 1. */
  readonly states: readonly Float32Array[];
  /** How long the gradient of the last loss by the state after each symbol is: what a little change there would do at the end. */
  readonly slopes: readonly number[];
  /** What it would answer after each symbol: the probability of each first letter. */
  readonly answers: readonly Float32Array[];
  readonly loss: number;
}

export interface Told {
  readonly step: number;
  readonly loss: number;
  /** Of the last hundred batches or so, the part of first letters that were named right. */
  readonly accuracy: number;
}

type State = readonly Tensor[];

class Session {
  readonly settings: StripSettings;
  readonly layer: RNN | GRU | LSTM;
  readonly head: Linear;
  readonly optimizer: Adam;
  readonly random: () => number;
  readonly #step;
  readonly #read: CompiledFunction<
    [x: Tensor, answer: Tensor],
    Record<'states' | 'slopes' | 'answers' | 'loss', Tensor>
  >;
  step = 0;
  accuracy = 1 / LETTERS.length;

  constructor(settings: StripSettings) {
    this.settings = settings;
    const generator = new Generator(settings.seed);
    const kinds = { rnn: RNN, gru: GRU, lstm: LSTM };
    this.layer = new kinds[settings.cell](SYMBOLS.length, HIDDEN, { generator });
    this.head = new Linear(HIDDEN, LETTERS.length, { generator });
    const weights = this.layer.namedParameters().get('weight_hh_l0') as Tensor;
    scope(() =>
      noGrad(() => {
        weights.assign(weights.mul(settings.gain).realize());
        // An LSTM that begins by forgetting never sees what it should have kept (Jozefowicz et al., 2015). Gates: i, f, g, o.
        const bias = this.layer instanceof LSTM ? this.layer.namedParameters().get('bias_hh_l0') : undefined;
        const gates = Float32Array.from({ length: 4 * HIDDEN }, (_, i) =>
          Math.floor(i / HIDDEN) === 1 ? 2 : 0,
        );
        bias?.assign(bias.add(tensor(gates)).realize());
      }),
    );
    const parameters = [...this.layer.parameters(), ...this.head.parameters()];
    this.optimizer = new Adam(parameters, { lr: RATE });
    this.random = randomNumbers(settings.seed);
    this.#step = compile((x: Tensor, y: Tensor) => {
      const logits = this.head.forward(this.outputs(x).select(0, -1));
      const loss = crossEntropy(logits, y);
      loss.backward();
      clipGradNorm(parameters, 1);
      this.optimizer.step();
      this.optimizer.zeroGrad();
      return { loss, accuracy: noGrad(() => logits.argmax(1).eq(y).to('float32').mean()) };
    });
    this.#read = compile((x: Tensor, answer: Tensor) => this.#readAll(x, answer));
  }

  /** [time, batch, symbols] to hidden states [time, batch, HIDDEN]. */
  outputs(x: Tensor): Tensor {
    return this.layer instanceof LSTM ? this.layer.forward(x)[0] : this.layer.forward(x)[0];
  }

  /** One symbol further: [1, 1, symbols]. The state is h, or h and c. */
  #next(x: Tensor, state: State | null): State {
    if (this.layer instanceof LSTM) {
      const [, next] = this.layer.forward(x, state ? [state[0] as Tensor, state[1] as Tensor] : undefined);
      return next;
    }
    return [this.layer.forward(x, state?.[0])[1]];
  }

  #readAll(x: Tensor, answer: Tensor) {
    const length = x.shape[0] as number;
    const parts = this.layer instanceof LSTM ? 2 : 1;
    // Nothing is added to each state, and asked what a little would have done: that is the gradient by the state.
    const nudges = zeros([length, parts, HIDDEN]);
    nudges.requiresGrad = true;
    const states: State[] = [];
    for (let i = 0; i < length; i++) {
      const next = this.#next(x.narrow(0, i, 1), states.at(-1) ?? null);
      states.push(next.map((part, j) => part.add(nudges.select(0, i).select(0, j).reshape(1, 1, HIDDEN))));
    }
    const hidden = states.map(([h]) => (h as Tensor).reshape(HIDDEN));
    const logits = hidden.map((h) => this.head.forward(h.reshape(1, HIDDEN)));
    const loss = crossEntropy(logits.at(-1) as Tensor, answer);
    const [slopes] = gradients(loss, [nudges]) as [Tensor];
    return noGrad(() => ({
      states: stack(hidden),
      slopes: slopes.square().sum([1, 2]).sqrt(),
      answers: stack(logits.map((each) => each.softmax(1).reshape(LETTERS.length))),
      loss,
    }));
  }

  async train(): Promise<{ loss: number }> {
    // Texts of several lengths: so it cannot just count.
    const length = Math.max(2, this.settings.length - Math.floor(4 * this.random()));
    const texts = Array.from({ length: BATCH }, () => babble(length, this.random));
    const rows = new Float32Array(length * BATCH * SYMBOLS.length);
    texts.forEach((text, i) => {
      const one = oneHot(text);
      for (let at = 0; at < length; at++)
        rows.set(
          one.subarray(at * SYMBOLS.length, (at + 1) * SYMBOLS.length),
          (at * BATCH + i) * SYMBOLS.length,
        );
    });
    const x = tensor(rows, { shape: [length, BATCH, SYMBOLS.length] });
    const y = tensor(Int32Array.from(texts, (text) => LETTERS.indexOf(text[0] as string)));
    const found = this.#step(x, y);
    const loss = await found.loss.item();
    this.accuracy += 0.08 * ((await found.accuracy.item()) - this.accuracy);
    for (const used of [x, y, found.loss, found.accuracy]) used.dispose();
    this.step++;
    return { loss };
  }

  async read(text: string): Promise<Reading> {
    const x = tensor(oneHot(text), { shape: [text.length, 1, SYMBOLS.length] });
    const y = tensor(Int32Array.of(LETTERS.indexOf(text[0] as string)));
    const seen = this.#read(x, y);
    const rows = async (value: Tensor, width: number) => {
      const all = Float32Array.from(await value.data());
      return Array.from({ length: text.length }, (_, i) => all.slice(i * width, (i + 1) * width));
    };
    const reading = {
      states: await rows(seen.states, HIDDEN),
      slopes: [...(await seen.slopes.data())],
      answers: await rows(seen.answers, LETTERS.length),
      loss: await seen.loss.item(),
    };
    for (const used of [x, y, ...Object.values(seen)]) used.dispose();
    return reading;
  }

  dispose(): void {
    this.#step.dispose();
    this.#read.dispose();
    for (const each of [this.optimizer, this.layer, this.head]) each.dispose();
  }
}

let session: Session | null = null;
let running: object | null = null;

function current(): Session {
  if (!session) throw new Error('open(settings) comes first.');
  return session;
}

/** Begins anew: a network that has learnt nothing. */
export function open(settings: StripSettings): void {
  close();
  session = new Session(settings);
}

export function close(): void {
  running = null;
  session?.dispose();
  session = null;
}

/** Reads a text of the alphabet's symbols, which begins with a letter. */
export function read(text: string): Promise<Reading> {
  return current().read(text);
}

/** The faces of an answer: what the network would say after the first symbols of a text, that it was this letter. */
export async function faces(text: string, symbols: number, letter: string): Promise<Faces> {
  startRecording();
  const { layer, head } = current();
  const x = tensor(oneHot(text.slice(0, symbols)), { shape: [symbols, 1, SYMBOLS.length] });
  const h = (layer instanceof LSTM ? layer.forward(x)[0] : layer.forward(x)[0]).select(0, -1).reshape(HIDDEN);
  const z = head.forward(h.reshape(1, HIDDEN)).reshape(LETTERS.length);
  const p = z.softmax(0);
  const loss = p
    .select(0, LETTERS.indexOf(text[0] as string))
    .log()
    .neg();
  try {
    return await facesOf(p, LETTERS.indexOf(letter), { name: 'p', loss, lossName: 'L', names: { z, h } });
  } finally {
    for (const used of [x, h, z, p, loss]) used.dispose();
  }
}

/** Trains for so many steps, or until `pause`; tells how it goes a few times a second. */
export async function train(steps: number, tell: (told: Told) => void): Promise<void> {
  const now = current();
  const run = {};
  running = run;
  const goal = now.step + steps;
  let told = performance.now();
  while (running === run && session === now && now.step < goal) {
    const { loss } = await now.train();
    if (performance.now() - told > 250 || now.step === goal) {
      told = performance.now();
      tell({ step: now.step, loss, accuracy: now.accuracy });
    }
    await breath();
  }
  if (running === run) running = null;
}

export function pause(): void {
  running = null;
}
