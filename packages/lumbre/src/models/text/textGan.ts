import {
  Conv1d,
  crossEntropy,
  GRUCell,
  type LayerOptions,
  Linear,
  LSTMCell,
  Module,
} from '../../nn/index.ts';
import { stack } from '../../tensor/combine.ts';
import { arange, feed } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { gumbel } from '../../tensor/randomLike.ts';
import { scan } from '../../tensor/scan.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { AdversarialModel, copyState } from '../images/adversarial.ts';
import { checkIntegers } from '../images/checkConfig.ts';

export interface TextGANConfig {
  readonly vocabSize: number;
  /** How many tokens a text has, the ends that fill it up included. */
  readonly length: number;
  /** Ends a text; nothing but it comes after it. Texts begin after it, too. */
  readonly endToken: number;
  /** Default `gru`. */
  readonly cell?: 'gru' | 'lstm';
  /** How many random numbers the generator begins with. Default 32. */
  readonly latentDim?: number;
  /** Of the generator. Default 128. */
  readonly hiddenSize?: number;
  /** How many numbers stand for a token, in both networks. Default 32. */
  readonly embeddingDim?: number;
  /** Of the discriminator. Default 64. */
  readonly channels?: number;
  /** Whether a running average of the generator is kept. Default false. */
  readonly average?: boolean;
}

type Config = Required<TextGANConfig>;

/**
 * Fills in the defaults.
 * @throws RangeError that names the setting that is wrong.
 */
export function completeTextGANConfig(config: TextGANConfig): Config {
  const complete = {
    cell: 'gru' as const,
    latentDim: 32,
    hiddenSize: 128,
    embeddingDim: 32,
    channels: 64,
    average: false,
    ...config,
  };
  checkIntegers('TextGAN', complete, [
    'vocabSize',
    'length',
    'latentDim',
    'hiddenSize',
    'embeddingDim',
    'channels',
  ]);
  checkIntegers('TextGAN', complete, ['endToken'], 0);
  if (complete.cell !== 'gru' && complete.cell !== 'lstm') {
    throw new RangeError(`TextGAN: cell must be 'gru' or 'lstm', not ${JSON.stringify(complete.cell)}.`);
  }
  return complete;
}

export interface TextGANOptions extends LayerOptions {
  /** What the Gumbel noise is drawn from; the default generator unless given. */
  readonly noise?: Generator;
}

/**
 * A draw from softmax(logits) that gradients can go through: the largest of logits with Gumbel noise, as a one-hot vector,
 * with the gradient of their softmax at a temperature (Jang et al., arXiv:1611.01144; Maddison et al., arXiv:1611.00712).
 *
 * @param noise Gumbel's, shaped as the logits
 * @param temperature a number, or a scalar
 * @returns one-hot vectors, shaped as the logits
 */
export function gumbelSoftmax(logits: Tensor, noise: Tensor, temperature: number | Tensor): Tensor {
  const noisy = logits.add(noise);
  const soft = noisy.div(temperature).softmax(-1);
  const hard = noisy
    .detach()
    .argmax(-1)
    .oneHot(logits.shape.at(-1) as number)
    .to(logits.dtype);
  return hard.add(soft.sub(soft.detach()));
}

/** Writes a text token by token: each is drawn by Gumbel-softmax, and the next step sees it. */
export class TextGenerator extends Module {
  readonly latentDim: number;
  /** Noise to the first state. */
  readonly initial: Linear;
  readonly embedding: Linear;
  readonly cell: GRUCell | LSTMCell;
  readonly head: Linear;
  /** Of the gradients: what is written does not depend on it. High ones are smooth, low ones exact. */
  temperature = 1;
  readonly #config: Config;
  readonly #noise: Generator | undefined;

  constructor(config: Config, { noise, ...options }: TextGANOptions = {}) {
    super();
    const { vocabSize, latentDim, hiddenSize, embeddingDim, cell } = config;
    this.#config = config;
    this.#noise = noise;
    this.latentDim = latentDim;
    this.initial = new Linear(latentDim, hiddenSize, options);
    this.embedding = new Linear(vocabSize, embeddingDim, { ...options, bias: false });
    this.cell = new (cell === 'gru' ? GRUCell : LSTMCell)(embeddingDim, hiddenSize, options);
    this.head = new Linear(hiddenSize, vocabSize, options);
  }

  #start(z: Tensor): Tensor[] {
    const h = this.initial.forward(z).tanh();
    return this.cell instanceof LSTMCell ? [h, h.mul(0)] : [h];
  }

  /** Tokens as vectors `[batch, vocabSize]` to logits and the next state. */
  #step(state: readonly Tensor[], token: Tensor): readonly [logits: Tensor, state: Tensor[]] {
    const x = this.embedding.forward(token);
    const next =
      this.cell instanceof LSTMCell
        ? [...this.cell.forward(x, [state[0] as Tensor, state[1] as Tensor])]
        : [this.cell.forward(x, state[0])];
    return [this.head.forward(next[0] as Tensor), next];
  }

  #end(z: Tensor): Tensor {
    const { vocabSize, endToken } = this.#config;
    const { dtype, device } = z;
    const row = arange(vocabSize, { device }).eq(endToken).to(dtype);
    return row.unsqueeze(0).expand([z.shape[0] as number, vocabSize]);
  }

  /**
   * @param z standard normal `[batch, latentDim]`
   * @param drawn what the Gumbel noise is drawn from, instead of the model's own generator
   * @returns one-hot vectors `[batch, length, vocabSize]`
   */
  forward(z: Tensor, _labels?: Tensor, drawn: Generator | undefined = this.#noise): Tensor {
    const { vocabSize, length } = this.#config;
    const { dtype, device } = z;
    const shape = [length, z.shape[0] as number, vocabSize];
    const noise = gumbel(0, 1, shape, { dtype, device, ...(drawn && { generator: drawn }) });
    const temperature = feed(() => Float32Array.of(this.temperature), [], 'float32', device).to(dtype);
    return this.write(z, noise, temperature);
  }

  /** @param noise Gumbel's `[length, batch, vocabSize]` */
  write(z: Tensor, noise: Tensor, temperature: number | Tensor): Tensor {
    const end = this.#end(z);
    const isEnd = end.narrow(0, 0, 1);
    const open = end.narrow(1, 0, 1).mul(0).add(1);
    type Carry = { readonly state: readonly Tensor[]; readonly token: Tensor; readonly open: Tensor };
    const [, tokens] = scan(
      ({ state, token, open: before }: Carry, drawn: Tensor) => {
        const [logits, next] = this.#step(state, token);
        const written = gumbelSoftmax(logits, drawn, temperature);
        // Behind an end there are only ends.
        const kept = written.mul(before).add(end.mul(before.neg().add(1)));
        const after = before.mul(kept.mul(isEnd).sum(-1, { keepdim: true }).detach().neg().add(1));
        return [{ state: next, token: kept, open: after }, kept] as const;
      },
      { state: this.#start(z), token: end, open } as Carry,
      noise,
    );
    return tokens.transpose(0, 1);
  }

  /**
   * The surprise at real texts, in nats a token: to begin with a generator that knows the letters.
   *
   * @param texts one-hot vectors `[batch, length, vocabSize]`
   * @param targets the same as int32 `[batch, length]`, with `ignored` behind the first end
   */
  surprise(z: Tensor, texts: Tensor, targets: Tensor, ignored = -100): Tensor {
    const { length } = this.#config;
    const seen = stack([this.#end(z), ...texts.narrow(1, 0, length - 1).unbind(1)]);
    const [, logits] = scan(
      (state: readonly Tensor[], token: Tensor) => {
        const [scores, next] = this.#step(state, token);
        return [next as readonly Tensor[], scores] as const;
      },
      this.#start(z) as readonly Tensor[],
      seen,
    );
    return crossEntropy(logits.transpose(0, 1), targets, { ignoreIndex: ignored });
  }
}

/** Looks at three neighbours at a time, twice, and then at the whole text. */
export class TextDiscriminator extends Module {
  readonly embedding: Linear;
  readonly conv1: Conv1d;
  readonly conv2: Conv1d;
  readonly head: Linear;

  constructor({ vocabSize, length, embeddingDim, channels }: Config, options: LayerOptions = {}) {
    super();
    this.embedding = new Linear(vocabSize, embeddingDim, { ...options, bias: false });
    this.conv1 = new Conv1d(embeddingDim, channels, 3, { ...options, padding: 1 });
    this.conv2 = new Conv1d(channels, channels, 3, { ...options, padding: 1 });
    this.head = new Linear(channels * length, 1, options);
  }

  /** Tokens as vectors `[batch, length, vocabSize]` to logits `[batch]`. */
  forward(texts: Tensor): Tensor {
    const x = this.embedding.forward(texts).transpose(1, 2);
    const seen = this.conv2.forward(this.conv1.forward(x).leakyRelu(0.2)).leakyRelu(0.2);
    return this.head.forward(seen.flatten(1)).reshape(-1);
  }
}

/**
 * A GAN that writes (Kusner and Hernández-Lobato, GANs for Sequences of Discrete Elements with the Gumbel-softmax
 * Distribution, arXiv:1611.04051). Its tokens are one-hot, with straight-through gradients; the discriminator is
 * convolutional, where theirs was recurrent. `makeGanSteps` trains it, with `texts` in the place of pictures.
 */
export class TextGAN extends AdversarialModel {
  readonly config: Config;
  readonly generator: TextGenerator;
  readonly discriminator: TextDiscriminator;
  readonly averageGenerator: TextGenerator | null;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: TextGANConfig, { noise, ...options }: TextGANOptions = {}) {
    super();
    this.config = completeTextGANConfig(config);
    this.generator = new TextGenerator(this.config, { ...options, ...(noise && { noise }) });
    this.discriminator = new TextDiscriminator(this.config, options);
    this.averageGenerator = this.config.average
      ? copyState(new TextGenerator(this.config, options), this.generator)
      : null;
  }

  /** int32 ids `[batch, length]` as the one-hot vectors that both networks work with. */
  texts(ids: Tensor): Tensor {
    return ids.oneHot(this.config.vocabSize).to(this.generator.head.weight.dtype);
  }

  /**
   * Writes `count` texts: int32 `[count, length]`, with the end token behind the last of each.
   * @param options.generator what everything is drawn from
   */
  write(
    count: number,
    { generator, average = true }: { generator?: Generator; average?: boolean } = {},
  ): Tensor {
    const network = (average && this.averageGenerator) || this.generator;
    return network.forward(this.drawNoise(count, generator), undefined, generator).argmax(-1);
  }
}
