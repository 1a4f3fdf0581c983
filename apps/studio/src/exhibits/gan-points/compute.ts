import {
  type CompiledFunction,
  compile,
  Generator,
  gradients,
  noGrad,
  scope,
  type Tensor,
  tensor,
  uniform,
} from 'lumbre';
import { discriminatorLoss, type GanSteps, generatorLoss, makeGanSteps } from 'lumbre/models';
import { Adam } from 'lumbre/optim';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { breath } from '../support/breath.ts';
import { randomNumbers } from '../support/digits.ts';
import { drawReal, type Kind, type Point, REACH } from './distributions.ts';
import { ALONG, LINES, PLACES } from './grid.ts';
import { PointGan } from './pointGan.ts';

const BATCH = 96;
const RATE = 1e-3;
/** Points that are shown, always of the same noise. */
export const SHOWN = 240;

export interface GanSettings {
  readonly seed: number;
  readonly kind: Kind;
  readonly drawn: readonly Point[];
  readonly loss: 'non-saturating' | 'wasserstein';
  /** Mescheder's gamma; 0 for none. */
  readonly r1: number;
  /** Steps of the discriminator for each one of the generator. */
  readonly turns: number;
  /** How many times larger the generator's learning rate is than the discriminator's. */
  readonly hurry: number;
}

/** What both players hold now. */
export interface GanView {
  readonly step: number;
  /** Made of the same noise each time: x and y in turns. */
  readonly made: Float32Array;
  /** Where the generator's loss pulls each of them. */
  readonly pull: Float32Array;
  readonly real: Float32Array;
  /** From 0, made, to 1, real, row by row from the top. */
  readonly opinion: Float32Array;
  /** The noise's grid as the generator bends it, line by line. */
  readonly grid: Float32Array;
  readonly losses: { readonly discriminator: number; readonly generator: number };
  /** The losses of both over the points that are shown. */
  readonly shown: { readonly discriminator: number; readonly generator: number };
  /** The part of real and of made points that the discriminator tells right. */
  readonly right: number;
}

/** A round of «be the discriminator». */
export interface Round {
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly real: boolean;
    readonly opinion: number;
  }[];
}

type Look = CompiledFunction<
  [noise: Tensor, grid: Tensor, places: Tensor, real: Tensor],
  Record<LookName, Tensor>
>;
type LookName =
  | 'made'
  | 'pull'
  | 'bent'
  | 'seen'
  | 'scores'
  | 'realScores'
  | 'discriminatorLoss'
  | 'generatorLoss';

class Game {
  settings: GanSettings;
  readonly model: PointGan;
  readonly generator: Generator;
  readonly optimizers: readonly [generator: Adam, discriminator: Adam];
  readonly random: () => number;
  readonly noise: Tensor;
  readonly grid: Tensor;
  readonly places: Tensor;
  readonly real: Float32Array;
  #steps: GanSteps;
  #look: Look;
  losses = { discriminator: Number.NaN, generator: Number.NaN };
  step = 0;

  constructor(settings: GanSettings) {
    this.settings = settings;
    this.generator = new Generator(settings.seed);
    this.model = new PointGan(this.generator);
    this.optimizers = [
      new Adam(this.model.generator.parameters(), { lr: RATE * settings.hurry, betas: [0.5, 0.9] }),
      new Adam(this.model.discriminator.parameters(), { lr: RATE, betas: [0.5, 0.9] }),
    ];
    this.random = randomNumbers(settings.seed);
    this.real = drawReal(settings.kind, SHOWN, randomNumbers(settings.seed + 1), settings.drawn);
    this.noise = uniform(-1, 1, [SHOWN, 2], { generator: new Generator(settings.seed + 2) }).realize();
    this.grid = tensor(noiseGrid(), { shape: [2 * LINES * ALONG, 2] });
    this.places = tensor(placesOf(), { shape: [PLACES * PLACES, 2] });
    this.#steps = this.#makeSteps();
    this.#look = this.#makeLook();
  }

  #makeSteps(): GanSteps {
    const { loss, r1 } = this.settings;
    return makeGanSteps({
      model: this.model,
      generatorOptimizer: this.optimizers[0],
      discriminatorOptimizer: this.optimizers[1],
      loss,
      r1,
      gradientPenalty: loss === 'wasserstein' ? 1 : 0,
      generator: this.generator,
    });
  }

  #makeLook(): Look {
    const { generator, discriminator } = this.model;
    const { loss } = this.settings;
    return compile((noise: Tensor, grid: Tensor, places: Tensor, real: Tensor) => {
      const made = noGrad(() => generator.forward(noise)).detach();
      made.requiresGrad = true;
      const scores = discriminator.forward(made);
      const toBeReal = generatorLoss(loss, scores);
      const [slope] = gradients(toBeReal, [made]) as [Tensor];
      const realScores = noGrad(() => discriminator.forward(real));
      return noGrad(() => ({
        made: made.detach(),
        pull: slope.neg().mul(SHOWN),
        bent: generator.forward(grid),
        seen: discriminator.forward(places),
        scores: scores.detach(),
        realScores,
        discriminatorLoss: discriminatorLoss(loss, realScores, scores.detach()),
        generatorLoss: toBeReal.detach(),
      }));
    });
  }

  /** The rules change while they play: both keep what they have learnt. */
  adjust(settings: GanSettings): void {
    this.settings = settings;
    for (const group of this.optimizers[0].groups) group.lr = RATE * settings.hurry;
    this.#steps.dispose();
    this.#look.dispose();
    this.#steps = this.#makeSteps();
    this.#look = this.#makeLook();
  }

  dispose(): void {
    this.#look.dispose();
    this.#steps.dispose();
    for (const each of [...this.optimizers, this.model, this.noise, this.grid, this.places]) each.dispose();
  }

  async discriminatorTurn(): Promise<void> {
    const real = tensor(drawReal(this.settings.kind, BATCH, this.random, this.settings.drawn), {
      shape: [BATCH, 2],
    });
    const result = this.#steps.discriminatorStep({ real });
    this.losses = { ...this.losses, discriminator: await result.loss.item() };
    for (const used of [real, ...Object.values(result)]) used.dispose();
  }

  async generatorTurn(): Promise<void> {
    const { loss } = this.#steps.generatorStep({ batch: BATCH });
    this.losses = { ...this.losses, generator: await loss.item() };
    loss.dispose();
    this.step++;
  }

  async view(): Promise<GanView> {
    const real = tensor(this.real, { shape: [SHOWN, 2] });
    const seen = this.#look(this.noise, this.grid, this.places, real);
    const numbers = async (name: LookName) => Float32Array.from(await seen[name].data());
    const [made, pull, grid, opinion] = [
      await numbers('made'),
      await numbers('pull'),
      await numbers('bent'),
      await numbers('seen'),
    ];
    const [scores, realScores] = [await numbers('scores'), await numbers('realScores')];
    const shown = {
      discriminator: await seen.discriminatorLoss.item(),
      generator: await seen.generatorLoss.item(),
    };
    for (const used of [real, ...Object.values(seen)]) used.dispose();
    const zero = this.settings.loss === 'wasserstein' ? middle(scores, realScores) : 0;
    const right =
      (scores.filter((score) => score < zero).length + realScores.filter((score) => score >= zero).length) /
      (2 * SHOWN);
    return {
      step: this.step,
      made,
      pull,
      real: this.real,
      opinion: opinion.map((score) => 1 / (1 + Math.exp(zero - score))),
      grid,
      losses: this.losses,
      shown,
      right,
    };
  }
}

/** A critic's scores have no zero of their own: half way between what it gives to real and to made points is one. */
function middle(made: Float32Array, real: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return (mean(made) + mean(real)) / 2;
}

/** Places along lines of the square, LINES of them upright and as many level. */
function noiseGrid(): Float32Array {
  const points: number[] = [];
  for (const upright of [true, false])
    for (let line = 0; line < LINES; line++)
      for (let at = 0; at < ALONG; at++) {
        const [a, b] = [-1 + (2 * line) / (LINES - 1), -1 + (2 * at) / (ALONG - 1)];
        points.push(upright ? a : b, upright ? b : a);
      }
  return Float32Array.from(points);
}

function placesOf(): Float32Array {
  const points: number[] = [];
  const at = (index: number) => REACH * ((2 * (index + 0.5)) / PLACES - 1);
  for (let row = 0; row < PLACES; row++)
    for (let column = 0; column < PLACES; column++) points.push(at(column), -at(row));
  return Float32Array.from(points);
}

let game: Game | null = null;
let running: object | null = null;

/** Begins anew with both players. */
export async function open(settings: GanSettings): Promise<GanView> {
  close();
  game = new Game(settings);
  return game.view();
}

/** Plays on by other rules. */
export function adjust(settings: GanSettings): void {
  current().adjust(settings);
}

export function close(): void {
  running = null;
  game?.dispose();
  game = null;
}

function current(): Game {
  if (!game) throw new Error('open(settings) comes first.');
  return game;
}

/** One step of one player. */
export async function turn(player: 'discriminator' | 'generator'): Promise<GanView> {
  const now = current();
  if (player === 'discriminator') await now.discriminatorTurn();
  else await now.generatorTurn();
  return now.view();
}

/** Both play in turns until `steps` in all, or until `pause`; tells how it goes about eight times a second, and at `marks`. */
export async function train(
  steps: number,
  marks: readonly number[],
  tell: (view: GanView) => void,
): Promise<void> {
  const now = current();
  const run = {};
  running = run;
  let told = 0;
  while (running === run && game === now && now.step < steps) {
    for (let i = 0; i < now.settings.turns; i++) await now.discriminatorTurn();
    await now.generatorTurn();
    if (performance.now() - told > 130 || marks.includes(now.step) || now.step === steps) {
      tell(await now.view());
      told = performance.now();
    }
    await breath();
  }
  if (running === run) running = null;
}

export function pause(): void {
  running = null;
}

/** The faces of the loss of one of them over the points that are shown. */
export async function faces(player: 'discriminator' | 'generator'): Promise<Faces> {
  startRecording();
  const { model, noise, real: points, settings } = current();
  const real = tensor(points, { shape: [SHOWN, 2] });
  const made = model.generator.forward(noise);
  const [realScores, scores] = [model.discriminator.forward(real), model.discriminator.forward(made)];
  const loss =
    player === 'generator'
      ? generatorLoss(settings.loss, scores)
      : discriminatorLoss(settings.loss, realScores, scores);
  try {
    return await facesOf(loss, 0, {
      name: player === 'generator' ? 'L_G' : 'L_D',
      names: { s: scores, r: realScores },
    });
  } finally {
    for (const used of [real, made, realScores, scores, loss]) used.dispose();
  }
}

/** Ten points, real and made, in random order; and what the discriminator thinks of each. */
export function deal(seed: number): Round {
  const now = current();
  const random = randomNumbers(seed);
  const truth = Array.from({ length: 10 }, () => random() < 0.5);
  const real = drawReal(now.settings.kind, 10, random, now.settings.drawn);
  const made = scope(() => noGrad(() => now.model.sample(10, { generator: new Generator(seed) })).dataSync());
  const points = Float32Array.from(
    truth.flatMap((isReal, i) => [0, 1].map((axis) => (isReal ? real : made)[2 * i + axis] as number)),
  );
  const scores = scope(() =>
    noGrad(() => now.model.discriminator.forward(tensor(points, { shape: [10, 2] }))).dataSync(),
  );
  const zero = now.settings.loss === 'wasserstein' ? criticZero(now) : 0;
  return {
    points: truth.map((isReal, i) => ({
      x: points[2 * i] as number,
      y: points[2 * i + 1] as number,
      real: isReal,
      opinion: 1 / (1 + Math.exp(zero - (scores[i] as number))),
    })),
  };
}

/** Where a critic's scores change sides now. */
function criticZero(now: Game): number {
  return scope(() =>
    noGrad(() => {
      const made = now.model.discriminator.forward(now.model.generator.forward(now.noise)).mean();
      const real = now.model.discriminator.forward(tensor(now.real, { shape: [SHOWN, 2] })).mean();
      return made.add(real).div(2).itemSync();
    }),
  );
}
