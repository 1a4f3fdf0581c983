import { compile, type Tensor, tensor } from 'lumbre';
import { Adam, type Optimizer, RMSprop, SGD } from 'lumbre/optim';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { breath } from '../support/breath.ts';
import { randomFrom } from '../support/random.ts';
import { tensorAlgebra } from '../support/tensorAlgebra.ts';
import { type Place, type RacerName, racerNames } from './racers.ts';
import { type Bump, evaluate, formulaOf, type SurfaceName } from './surfaces.ts';

export interface Race {
  readonly surface: SurfaceName;
  readonly bumps: readonly Bump[];
  readonly start: readonly [x: number, y: number];
  readonly lr: number;
  readonly momentum: number;
  /** How far each gradient is off, at random: what a batch does. The same for all. */
  readonly noise: number;
  readonly seed: number;
}

const makers: Readonly<Record<RacerName, (params: Tensor[], race: Race) => Optimizer>> = {
  sgd: (params, { lr }) => new SGD(params, { lr }),
  momentum: (params, { lr, momentum }) => new SGD(params, { lr, momentum }),
  rmsprop: (params, { lr }) => new RMSprop(params, { lr }),
  adam: (params, { lr }) => new Adam(params, { lr }),
};

/** A ball with its optimizer; a step is compiled once. */
class Racer {
  readonly #x: Tensor;
  readonly #y: Tensor;
  readonly #optimizer: Optimizer;
  readonly #step: (noiseX: Tensor, noiseY: Tensor) => Tensor;
  readonly #height: () => Tensor;
  readonly #dispose: () => void;

  constructor(name: RacerName, race: Race) {
    const formula = formulaOf(race.surface, race.bumps);
    const algebra = tensorAlgebra((value) => tensor(value));
    this.#x = tensor(race.start[0], { requiresGrad: true });
    this.#y = tensor(race.start[1], { requiresGrad: true });
    this.#optimizer = makers[name]([this.#x, this.#y], race);
    const height = () => evaluate(formula, this.#x, this.#y, algebra) as Tensor;
    const step = compile((noiseX: Tensor, noiseY: Tensor) => {
      const loss = height();
      // What is added has no height of its own that anybody sees: only its slope, which is the noise.
      loss.add(this.#x.mul(noiseX)).add(this.#y.mul(noiseY)).backward();
      this.#optimizer.step();
      this.#optimizer.zeroGrad();
      return loss;
    });
    const look = compile(() => height());
    this.#step = step;
    this.#height = look;
    this.#dispose = () => {
      step.dispose();
      look.dispose();
    };
  }

  async place(): Promise<Place> {
    const loss = this.#height();
    const [x, y, height] = await Promise.all([this.#x.item(), this.#y.item(), loss.item()]);
    loss.dispose();
    return { x, y, loss: height };
  }

  async step(noise: readonly [number, number]): Promise<Place> {
    const [noiseX, noiseY] = noise.map((value) => tensor(value)) as [Tensor, Tensor];
    const loss = this.#step(noiseX, noiseY);
    for (const used of [noiseX, noiseY, loss]) used.dispose();
    return this.place();
  }

  dispose(): void {
    this.#dispose();
    this.#optimizer.dispose();
    this.#x.dispose();
    this.#y.dispose();
  }
}

/** The places of all balls, step by step. */
export type Paths = Record<RacerName, Place[]>;

class Session {
  readonly racers: ReadonlyMap<RacerName, Racer>;
  readonly random: ReturnType<typeof randomFrom>;
  readonly noise: number;

  constructor(race: Race) {
    this.racers = new Map(racerNames.map((name) => [name, new Racer(name, race)]));
    this.random = randomFrom(race.seed);
    this.noise = race.noise;
  }

  async advance(steps: number): Promise<Paths> {
    const paths: Paths = { sgd: [], momentum: [], rmsprop: [], adam: [] };
    for (let i = 0; i < steps; i++) {
      const noise = [this.noise * this.random.normal(), this.noise * this.random.normal()] as const;
      for (const [name, racer] of this.racers) paths[name].push(await racer.step(noise));
      await breath();
    }
    return paths;
  }

  dispose(): void {
    for (const racer of this.racers.values()) racer.dispose();
  }
}

let session: Session | null = null;
/** Calls wait for each other: a race is not thrown away while it is being run. */
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}

/** Puts all balls at the start; gives where that is. */
export const open = (race: Race): Promise<Place> =>
  inTurn(async () => {
    session?.dispose();
    session = new Session(race);
    return (session.racers.get('sgd') as Racer).place();
  });

/** Lets every optimizer make so many steps. */
export const advance = (steps: number): Promise<Paths> =>
  inTurn(() => {
    if (!session) throw new Error('open(race) comes first.');
    return session.advance(steps);
  });

/** The faces of the height at a place of a surface: recorded while it is computed there once more. */
export const faces = (
  { surface, bumps }: Pick<Race, 'surface' | 'bumps'>,
  [x0, y0]: readonly [x: number, y: number],
): Promise<Faces> =>
  inTurn(async () => {
    startRecording();
    const [x, y] = [tensor(x0, { requiresGrad: true }), tensor(y0, { requiresGrad: true })];
    const algebra = tensorAlgebra((value) => tensor(value));
    const height = evaluate(formulaOf(surface, bumps), x, y, algebra) as Tensor;
    try {
      return await facesOf(height, 0, { name: 'L', names: { x, y } });
    } finally {
      for (const used of [x, y, height]) used.dispose();
    }
  });

export const close = (): Promise<void> =>
  inTurn(async () => {
    session?.dispose();
    session = null;
  });
