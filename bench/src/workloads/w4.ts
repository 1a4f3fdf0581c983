import { randint, type Tensor } from 'lumbre';
import { GPT } from 'lumbre/models';
import { AdamW, clipGradNorm } from 'lumbre/optim';
import { openTraining, type Recipe } from '../training.ts';
import type { Case, Workload } from '../workload.ts';

export interface GPTSizes {
  readonly vocabulary: number;
  readonly block: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly batch: number;
}

/** Whole training steps of a GPT without biases on fresh random tokens: forward, backward, clipping, AdamW. */
function gptRecipe({ vocabulary, block, layers, heads, width, batch }: GPTSizes, device: string): Recipe {
  const model = new GPT(
    {
      vocabSize: vocabulary,
      blockSize: block,
      nLayer: layers,
      nHead: heads,
      nEmbd: width,
      bias: false,
      geluApproximate: 'tanh',
    },
    { device },
  );
  const optimizer = new AdamW(model.parameterGroups(0.1), { lr: 1e-3, betas: [0.9, 0.99] });
  const parameters = model.parameters();
  const tokens = () => randint(0, vocabulary, [batch, block], { device });
  return {
    batch: () => [tokens(), tokens()],
    step: (...[x, y]) => {
      const logits = model.forward(x as Tensor).reshape([-1, vocabulary]);
      const loss = logits.crossEntropy((y as Tensor).reshape([-1]));
      loss.backward();
      clipGradNorm(parameters, 1);
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

/** The weights of all matrices that a token is multiplied by, the tied one of the vocabulary once. */
export const matrixWeights = ({ vocabulary, layers, width }: GPTSizes): number =>
  12 * layers * width * width + vocabulary * width;

/**
 * Additions and multiplications of a training step: six for each weight and token (Kaplan et al., arXiv:2001.08361), and
 * those of attention, where all scores are computed as the peers do.
 */
export function trainingOperations(sizes: GPTSizes): number {
  const { layers, width, batch, block } = sizes;
  return 6 * matrixWeights(sizes) * batch * block + 12 * layers * width * block * batch * block;
}

const small: GPTSizes = { vocabulary: 11, block: 8, layers: 2, heads: 2, width: 16, batch: 2 };

export function gptCase(name: string, sizes: GPTSizes, together: number): Case {
  return {
    name,
    unit: 'ms',
    sizes: { ...sizes },
    operations: trainingOperations(sizes),
    // Weights and AdamW's two means are read and written.
    bytes: 4 * 6 * matrixWeights(sizes),
    together,
    open: (device) =>
      openTraining(device, (on) => gptRecipe(sizes, on), {
        what: `a GPT of ${small.layers} layers, ${small.width} wide, block ${small.block}, batch ${small.batch}`,
        recipe: (on) => gptRecipe(small, on),
      }),
  };
}

/** nanoGPT's two character-level configurations, without dropout and biases. */
export const w4: Workload = {
  name: 'W4',
  title: 'training steps of a GPT, clipping, AdamW',
  cases: [
    gptCase('char', { vocabulary: 65, block: 64, layers: 4, heads: 4, width: 128, batch: 12 }, 2),
    gptCase('baby', { vocabulary: 65, block: 256, layers: 6, heads: 6, width: 384, batch: 8 }, 1),
  ],
};
