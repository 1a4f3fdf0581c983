import { type Tensor, tensor } from '../../src/index.ts';
import { parameter } from '../../src/nn/index.ts';
import * as optim from '../../src/optim/index.ts';

export type AnyOptimizer = optim.AnyOptimizer;

type Settings = Readonly<Record<string, unknown>>;

/** A class of optimizers, whatever its settings. */
type Class = new (params: readonly Tensor[], settings: never) => AnyOptimizer;

const classes: Readonly<Record<string, Class>> = {
  SGD: optim.SGD,
  Adam: optim.Adam,
  AdamW: optim.AdamW,
  RMSprop: optim.RMSprop,
  Adagrad: optim.Adagrad,
  Adadelta: optim.Adadelta,
  Adamax: optim.Adamax,
  NAdam: optim.NAdam,
  RAdam: optim.RAdam,
  Lion: optim.Lion,
  Muon: optim.Muon,
};

export const optimizerNames = Object.keys(classes);

const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** An optimizer by its class's name, with settings in PyTorch's names. */
export function makeOptimizer(name: string, params: readonly Tensor[], settings: Settings): AnyOptimizer {
  const own = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      camelCase(key),
      value === 'match_rms_adamw' ? 'matchRmsAdamW' : value,
    ]),
  );
  return new (classes[name] as Class)(params, own as never);
}

/** What varies in the gradient of the fixtures, 0.5 · w + 2 · sin(step + i), i counting the elements. */
export const waveAt = (step: number, shape: readonly number[], device?: string): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, (_, i) => 2 * Math.sin(step + i));
  return tensor(values, { shape, device });
};

/** That gradient. */
export const gradientOf = (w: Tensor, wave: Tensor): Tensor => w.detach().mul(0.5).add(wave);

export const newParameter = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
  device?: string,
): Tensor => parameter(tensor(Float32Array.from(values), { shape, device }));
