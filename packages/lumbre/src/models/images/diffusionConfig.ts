import { checkChoice, checkHalvings, checkIntegers, checkNumbers, checkSizes } from './checkConfig.ts';

export interface DiffusionConfig {
  /** Pictures are squares of so many pixels a side. */
  readonly imageSize: number;
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
  /**
   * Squares of so many pixels a side become the channels of one position, as in vision transformers, before the network
   * sees them, and pixels again behind it: 2 makes it four times as fast. Default 1.
   */
  readonly patchSize?: number;
  /** Channels at full size. Default 32. */
  readonly width?: number;
  /** How many times as many there are at each level; each level but the last halves the picture. Default [1, 2, 2]. */
  readonly multipliers?: readonly number[];
  /** Residual blocks at each level on the way in; one more on the way out. Default 1. */
  readonly blocks?: number;
  /** Whether positions of the smallest picture attend to each other. Default true. */
  readonly attention?: boolean;
  /** Heads of the attention. Default 4. */
  readonly heads?: number;
  /** Groups of each norm. Default 8. */
  readonly groups?: number;
  /** Default 0. */
  readonly dropout?: number;
  /** How many kinds of pictures there are; 0 if nothing is said about it. Default 0. */
  readonly classes?: number;
  /** How often the label is not told in training. Default 0.1. */
  readonly labelDropout?: number;
  /** From the picture to mere noise. Default 1000. */
  readonly timesteps?: number;
  /** How noise grows: Ho et al.'s, or Nichol and Dhariwal's. Default `cosine`. */
  readonly schedule?: 'linear' | 'cosine';
  /** What is predicted: the noise, or Salimans and Ho's v, which is also right where there is hardly any picture left. Default `v`. */
  readonly prediction?: 'eps' | 'v';
}

/** @throws RangeError that names the setting that is wrong. */
export function completeDiffusionConfig(config: DiffusionConfig): Required<DiffusionConfig> {
  const complete: Required<DiffusionConfig> = {
    patchSize: 1,
    width: 32,
    multipliers: [1, 2, 2],
    blocks: 1,
    attention: true,
    heads: 4,
    groups: 8,
    dropout: 0,
    classes: 0,
    labelDropout: 0.1,
    timesteps: 1000,
    schedule: 'cosine',
    prediction: 'v',
    ...config,
  };
  const model = 'Diffusion';
  checkIntegers(model, complete, [
    'imageSize',
    'channels',
    'width',
    'blocks',
    'heads',
    'groups',
    'timesteps',
  ]);
  checkIntegers(model, complete, ['classes'], 0);
  checkSizes(model, complete, ['multipliers']);
  checkNumbers(model, complete, ['dropout', 'labelDropout'], 0, 1);
  checkChoice(model, complete, 'schedule', ['linear', 'cosine']);
  checkChoice(model, complete, 'prediction', ['eps', 'v']);
  const { imageSize, patchSize } = complete;
  if (imageSize % patchSize !== 0) {
    throw new RangeError(
      `${model}: patches of ${patchSize} pixels a side do not fill an imageSize of ${imageSize}.`,
    );
  }
  checkHalvings(model, imageSize / patchSize, complete.multipliers.length - 1);
  const { width, groups, heads, multipliers, attention } = complete;
  if (width % groups !== 0 || width % 2 !== 0) {
    throw new RangeError(`${model}: width ${width} must be even and a multiple of groups, ${groups}.`);
  }
  const inner = width * (multipliers.at(-1) as number);
  if (attention && inner % heads !== 0) {
    throw new RangeError(`${model}: ${inner} channels do not divide into ${heads} equal heads.`);
  }
  return complete;
}
