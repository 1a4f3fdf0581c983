import { compile, manualSeed, memory, randint, scope, type Tensor } from 'lumbre';
import { GPT } from 'lumbre/models';
import { AdamW, clipGradNorm } from 'lumbre/optim';
import { measure, type Timings } from '../measure.ts';

interface Size {
  readonly nLayer: number;
  readonly nHead: number;
  readonly nEmbd: number;
  readonly blockSize: number;
  readonly batchSize: number;
  readonly warmup: number;
  readonly runs: number;
}

/** nanoGPT's two character-level configurations, without dropout and biases. */
export const sizes: Readonly<Record<string, Size>> = {
  char: { nLayer: 4, nHead: 4, nEmbd: 128, blockSize: 64, batchSize: 12, warmup: 10, runs: 40 },
  baby: { nLayer: 6, nHead: 6, nEmbd: 384, blockSize: 256, batchSize: 8, warmup: 2, runs: 8 },
};

const VOCABULARY = 65;

export interface TrainingFigures extends Timings {
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly peakMB: number;
}

/** W4: whole training steps (forward, backward, clipping, AdamW) of a GPT on fresh random tokens, the loss read each time. */
export function trainGPT(size: Size, device: string): TrainingFigures {
  manualSeed(1);
  const { nLayer, nHead, nEmbd, blockSize, batchSize } = size;
  const model = new GPT({ vocabSize: VOCABULARY, blockSize, nLayer, nHead, nEmbd, bias: false }, { device });
  const optimizer = new AdamW(model.parameterGroups(0.1), { lr: 1e-3, betas: [0.9, 0.99] });
  const parameters = model.parameters();
  const step = compile((x: Tensor, y: Tensor) => {
    const logits = model.forward(x);
    const loss = logits.reshape([-1, VOCABULARY]).crossEntropy(y.reshape([-1]));
    loss.backward();
    clipGradNorm(parameters, 1);
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const losses: number[] = [];
  const timings = measure(
    () =>
      scope(() => {
        const batch = () => randint(0, VOCABULARY, [batchSize, blockSize], { device }).realize();
        losses.push(step(batch(), batch()).itemSync());
      }),
    size.warmup,
    size.runs,
  );
  const figures = {
    ...timings,
    firstLoss: losses[0] as number,
    lastLoss: losses[losses.length - 1] as number,
    peakMB: memory(device).peakBytes / 2 ** 20,
  };
  step.dispose();
  optimizer.dispose();
  model.dispose();
  return figures;
}
