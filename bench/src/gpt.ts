import { randint, type Tensor } from 'lumbre';
import { GPT } from 'lumbre/models';
import { AdamW, type AdamWSettings, clipGradNorm } from 'lumbre/optim';
import { CHECKED_LEARNING_RATE, type Recipe } from './training.ts';

/** What the workloads with a GPT have in common. */

export interface GPTSizes {
  readonly vocabulary: number;
  readonly block: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
}

export interface TrainingSizes extends GPTSizes {
  readonly batch: number;
  /** Tokens in a row; the whole block unless given. */
  readonly time?: number;
}

export function makeGPT(
  sizes: GPTSizes,
  bias: boolean,
  device: string,
  dtype: 'float32' | 'float16' = 'float32',
): GPT {
  const { vocabulary, block, layers, heads, width } = sizes;
  return new GPT(
    {
      vocabSize: vocabulary,
      blockSize: block,
      nLayer: layers,
      nHead: heads,
      nEmbd: width,
      bias,
      geluApproximate: 'tanh',
    },
    { device, dtype },
  );
}

export interface GPTRecipe {
  readonly bias: boolean;
  readonly settings: Partial<AdamWSettings>;
  /** The largest norm of all gradients together; no clipping unless given. */
  readonly maxNorm?: number;
}

/** Whole training steps on fresh random tokens: forward, backward, clipping where asked for, AdamW. */
export function gptTraining(
  sizes: TrainingSizes,
  { bias, settings, maxNorm }: GPTRecipe,
  device: string,
): Recipe {
  const { vocabulary, block, batch, time = block } = sizes;
  const model = makeGPT(sizes, bias, device);
  const { weightDecay = 0, ...others } = settings;
  const optimizer = new AdamW(model.parameterGroups(weightDecay), others);
  const parameters = model.parameters();
  const tokens = () => randint(0, vocabulary, [batch, time], { device });
  return {
    batch: () => [tokens(), tokens()],
    step: (...[x, y]) => {
      const logits = model.forward(x as Tensor).reshape([-1, vocabulary]);
      const loss = logits.crossEntropy((y as Tensor).reshape([-1]));
      loss.backward();
      if (maxNorm !== undefined) clipGradNorm(parameters, maxNorm);
      optimizer.step();
      optimizer.zeroGrad();
      return loss.reshape([1]);
    },
    dispose: () => {
      optimizer.dispose();
      model.dispose();
    },
  };
}

/** The recipe with which a training is checked. */
export const checkedRecipe = (recipe: GPTRecipe): GPTRecipe => ({
  ...recipe,
  settings: { ...recipe.settings, lr: CHECKED_LEARNING_RATE },
});

/** The weights that a token is multiplied by on its way through the blocks. */
export const blockWeights = ({ layers, width }: GPTSizes): number => 12 * layers * width * width;

/** The same with those of the last layer. */
export const matrixWeights = (sizes: GPTSizes): number =>
  blockWeights(sizes) + sizes.vocabulary * sizes.width;

/** Additions and multiplications of attention over `time` tokens, each of which looks at those before it and itself. */
export const attentionOperations = ({ layers, width }: GPTSizes, time: number): number =>
  2 * layers * width * time * (time + 1);

/** Those of a training step, of which the backward pass is two thirds (Kaplan et al., arXiv:2001.08361). */
export function trainingOperations(sizes: TrainingSizes): number {
  const { block, batch, time = block } = sizes;
  return 3 * batch * (2 * matrixWeights(sizes) * time + attentionOperations(sizes, time));
}

/** Bytes of weights and AdamW's two means, read and written. */
export const trainingBytes = (sizes: GPTSizes): number => 4 * 6 * matrixWeights(sizes);
