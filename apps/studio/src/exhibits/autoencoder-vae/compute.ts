import { compile, Generator, noGrad, randn, type Tensor, tensor } from 'lumbre';
import { binaryCrossEntropyWithLogits } from 'lumbre/nn';
import { Adam } from 'lumbre/optim';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { breath } from '../support/breath.ts';
import { makeDigits } from '../support/digits.ts';
import { PlainAutoencoder, VariationalAutoencoder } from './nets.ts';
import {
  AGAIN,
  CODES,
  type DigitChoice,
  digitSets,
  PIXELS,
  SAMPLES,
  SIDE,
  TILES,
  VAE_REACH,
} from './size.ts';

const BATCH = 64;
const TRAINING = 2560;
const RATE = 2e-3;
const PACE = 180;
/** The scale of a figure, not of a picture: hands differ less here than for the network that reads digits. */
const VARIETY = 0.8;

export type Which = 'ae' | 'vae';

export interface HalfView {
  /** Codes of unseen digits: x and y in turns. For the VAE the middles of their clouds. */
  readonly codes: Float32Array;
  /** How far the map goes in each direction. */
  readonly reach: number;
  /** TILES × TILES decoded pictures, from the top left. */
  readonly map: Float32Array;
  /** What becomes of the first unseen digits. */
  readonly again: Float32Array;
  /** Pictures of random codes: of the standard normal for the VAE; of a normal as wide as the codes are for the other. */
  readonly samples: Float32Array;
  /** How unlike the most similar real digit those are, as a root mean square of ink from 0 to 1. */
  readonly strangeness: number;
  /** Nats a picture. */
  readonly reconstruction: number;
}

export interface LatentView {
  readonly step: number;
  readonly ae: HalfView;
  readonly vae: HalfView;
  /** Nats a picture, of each of the two numbers. */
  readonly kl: readonly [number, number];
  readonly labels: Int32Array;
  /** The unseen digits that are drawn again. */
  readonly originals: Float32Array;
  /** How unlike the most similar training digit real unseen ones are. */
  readonly usual: number;
}

class Session {
  readonly plain: PlainAutoencoder;
  readonly variational: VariationalAutoencoder;
  readonly optimizer: Adam;
  readonly generator: Generator;
  readonly training: Float32Array;
  readonly unseen: { readonly pixels: Float32Array; readonly labels: Int32Array };
  readonly batches: readonly Tensor[];
  readonly x: Tensor;
  readonly normal: Float32Array;
  readonly usual: number;
  readonly #step;
  readonly #encode;
  readonly #decode;
  beta: number;
  step = 0;

  constructor(seed: number, choice: DigitChoice, beta: number) {
    this.beta = beta;
    this.generator = new Generator(seed);
    this.plain = new PlainAutoencoder(this.generator);
    this.variational = new VariationalAutoencoder(this.generator);
    this.optimizer = new Adam([...this.plain.parameters(), ...this.variational.parameters()], { lr: RATE });
    const options = { size: SIDE, variety: VARIETY, digits: digitSets[choice] };
    this.training = makeDigits(TRAINING, seed + 1, options).pixels;
    this.unseen = makeDigits(CODES, seed + 2, options);
    this.batches = Array.from({ length: TRAINING / BATCH }, (_, i) =>
      tensor(this.training.subarray(i * BATCH * PIXELS, (i + 1) * BATCH * PIXELS), {
        shape: [BATCH, PIXELS],
      }),
    );
    this.x = tensor(this.unseen.pixels, { shape: [CODES, PIXELS] });
    const drawn = randn([SAMPLES, 2], { generator: new Generator(seed + 3) });
    this.normal = Float32Array.from(drawn.dataSync());
    drawn.dispose();
    this.usual = strangeness(this.unseen.pixels.subarray(0, SAMPLES * PIXELS), this.training);

    this.#step = compile((x: Tensor, weight: Tensor) => {
      const plain = inkLoss(this.plain.forward(x), x);
      const { mean, logVar } = this.variational.clouds(x);
      const z = mean.add(randn([BATCH, 2], { generator: this.generator }).mul(logVar.mul(0.5).exp()));
      const reconstruction = inkLoss(this.variational.decoder.forward(z), x);
      const kl = divergence(mean, logVar);
      // The two have no parameter in common: their losses may be added, and each learns from its own.
      plain.add(reconstruction).add(kl.sum().mul(weight)).backward();
      this.optimizer.step();
      this.optimizer.zeroGrad();
      return plain;
    });
    this.#encode = compile((x: Tensor) =>
      noGrad(() => {
        const { mean, logVar } = this.variational.clouds(x);
        const plain = this.plain.encoder.forward(x);
        return {
          ae: plain,
          vae: mean,
          kl: divergence(mean, logVar),
          aeAgain: this.plain.decoder.forward(plain).sigmoid(),
          vaeAgain: this.variational.decoder.forward(mean).sigmoid(),
          aeInk: inkLoss(this.plain.decoder.forward(plain), x),
          vaeInk: inkLoss(this.variational.decoder.forward(mean), x),
        };
      }),
    );
    this.#decode = compile((plain: Tensor, variational: Tensor) =>
      noGrad(() => ({
        ae: this.plain.decoder.forward(plain).sigmoid(),
        vae: this.variational.decoder.forward(variational).sigmoid(),
      })),
    );
  }

  async train(): Promise<void> {
    const weight = tensor(this.beta);
    const loss = this.#step(this.batches[this.step % this.batches.length] as Tensor, weight);
    await loss.item();
    loss.dispose();
    weight.dispose();
    this.step++;
  }

  async decode(plain: Float32Array, variational: Float32Array): Promise<Record<Which, Float32Array>> {
    const inputs = [plain, variational].map((codes) => tensor(codes, { shape: [codes.length / 2, 2] })) as [
      Tensor,
      Tensor,
    ];
    const made = this.#decode(...inputs);
    const result = {
      ae: Float32Array.from(await made.ae.data()),
      vae: Float32Array.from(await made.vae.data()),
    };
    for (const used of [...inputs, made.ae, made.vae]) used.dispose();
    return result;
  }

  async view(): Promise<LatentView> {
    const seen = this.#encode(this.x);
    const read = async (value: Tensor) => Float32Array.from(await value.data());
    const [ae, vae, kl] = [await read(seen.ae), await read(seen.vae), await read(seen.kl)];
    const [aeAgain, vaeAgain] = [await read(seen.aeAgain), await read(seen.vaeAgain)];
    const [aeInk, vaeInk] = [await seen.aeInk.item(), await seen.vaeInk.item()];
    for (const used of Object.values(seen)) used.dispose();
    const reach = 1.12 * Math.max(0.05, ...ae.map(Math.abs));
    const random = asWideAs(ae, this.normal);
    const made = await this.decode(
      Float32Array.from([...tiles(reach), ...random]),
      Float32Array.from([...tiles(VAE_REACH), ...this.normal]),
    );
    const half = (
      which: Which,
      codes: Float32Array,
      far: number,
      again: Float32Array,
      nats: number,
    ): HalfView => {
      const samples = made[which].slice(TILES * TILES * PIXELS);
      return {
        codes,
        reach: far,
        map: made[which].slice(0, TILES * TILES * PIXELS),
        again: again.slice(0, AGAIN * PIXELS),
        samples,
        strangeness: strangeness(samples, this.training),
        reconstruction: nats,
      };
    };
    return {
      step: this.step,
      ae: half('ae', ae, reach, aeAgain, aeInk),
      vae: half('vae', vae, VAE_REACH, vaeAgain, vaeInk),
      kl: [kl[0] ?? 0, kl[1] ?? 0],
      labels: this.unseen.labels,
      originals: this.unseen.pixels.slice(0, AGAIN * PIXELS),
      usual: this.usual,
    };
  }

  dispose(): void {
    for (const program of [this.#step, this.#encode, this.#decode]) program.dispose();
    for (const each of [this.optimizer, this.plain, this.variational, this.x, ...this.batches])
      each.dispose();
  }
}

/** What a picture costs, in nats: the cross-entropy of its pixels, summed, and the mean over the batch. */
const inkLoss = (logits: Tensor, x: Tensor): Tensor =>
  binaryCrossEntropyWithLogits(logits, x, { reduction: 'none' }).sum(1).mean();

/** KL(cloud ‖ standard normal) of each of the two numbers, the mean over the batch. */
const divergence = (mean: Tensor, logVar: Tensor): Tensor =>
  mean.square().add(logVar.exp()).sub(logVar).sub(1).mul(0.5).mean(0);

/** The codes in the middles of the map's tiles, from the top left. */
export function tiles(reach: number): number[] {
  const at = (index: number) => reach * ((2 * (index + 0.5)) / TILES - 1);
  return Array.from({ length: TILES * TILES }, (_, i) => [at(i % TILES), -at(Math.floor(i / TILES))]).flat();
}

/** Standard normal numbers, moved and stretched until they are as the codes are, each axis by itself. */
function asWideAs(codes: Float32Array, normal: Float32Array): Float32Array {
  const moments = [0, 1].map((axis) => {
    const values = codes.filter((_, i) => i % 2 === axis);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      mean,
      deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length),
    };
  });
  return normal.map((value, i) => {
    const { mean, deviation } = moments[i % 2] as { mean: number; deviation: number };
    return mean + deviation * value;
  });
}

/** Of pictures, the mean root mean square distance to the most similar of others (of every fourth of them: enough to tell). */
function strangeness(pictures: Float32Array, others: Float32Array): number {
  let total = 0;
  const count = pictures.length / PIXELS;
  for (let i = 0; i < count; i++) {
    let nearest = Infinity;
    for (let j = 0; j < others.length / PIXELS; j += 4) {
      let sum = 0;
      for (let p = 0; p < PIXELS && sum < nearest; p++) {
        const difference = (pictures[i * PIXELS + p] as number) - (others[j * PIXELS + p] as number);
        sum += difference * difference;
      }
      nearest = Math.min(nearest, sum);
    }
    total += Math.sqrt(nearest / PIXELS);
  }
  return total / count;
}

let session: Session | null = null;
let running: object | null = null;

function current(): Session {
  if (!session) throw new Error('open(…) comes first.');
  return session;
}

/** Begins anew with both networks. */
export async function open(seed: number, choice: DigitChoice, beta: number): Promise<LatentView> {
  close();
  session = new Session(seed, choice, beta);
  return session.view();
}

export function close(): void {
  running = null;
  session?.dispose();
  session = null;
}

/** How much the KL divergence weighs from now on. */
export function weigh(beta: number): void {
  current().beta = beta;
}

/** The picture of one code. */
export async function decode(which: Which, x: number, y: number): Promise<Float32Array> {
  const code = Float32Array.of(x, y);
  return (await current().decode(code, code))[which];
}

/** The faces of a figure over the unseen digits: what drawing them again costs, or how far their clouds are from the normal. */
export async function faces(which: Which, of: 'reconstruction' | 'kl'): Promise<Faces> {
  startRecording();
  const { plain, variational, x } = current();
  const { mean, logVar } = variational.clouds(x);
  const codes = which === 'ae' ? plain.encoder.forward(x) : mean;
  const logits = (which === 'ae' ? plain : variational).decoder.forward(codes);
  const result = of === 'kl' ? divergence(mean, logVar).sum() : inkLoss(logits, x);
  try {
    return await facesOf(result, 0, { name: of === 'kl' ? 'KL' : 'L' });
  } finally {
    for (const used of [mean, logVar, ...(which === 'ae' ? [codes] : []), logits, result]) used.dispose();
  }
}

/** Trains both for so many steps, or until `pause`; tells how it goes a few times a second. */
export async function train(steps: number, tell: (view: LatentView) => void): Promise<void> {
  const now = current();
  const run = {};
  running = run;
  const goal = now.step + steps;
  const from = now.step;
  const started = performance.now();
  let told = started;
  while (running === run && session === now && now.step < goal) {
    await now.train();
    if (performance.now() - told > 280 || now.step === goal) {
      tell(await now.view());
      told = performance.now();
    }
    await breath();
    // So small networks learn faster than one can look: not more than so many steps a second.
    const ahead = (1000 * (now.step - from)) / PACE - (performance.now() - started);
    if (ahead > 8) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
  if (running === run) running = null;
}

export function pause(): void {
  running = null;
}
