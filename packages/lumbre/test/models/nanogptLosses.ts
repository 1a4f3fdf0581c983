import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile, type Tensor, tensor } from '../../src/index.ts';
import { GPT } from '../../src/models/index.ts';
import { crossEntropy } from '../../src/nn/index.ts';
import { AdamW, clipGradNorm, cosineSchedule } from '../../src/optim/index.ts';
import { CharTokenizer } from '../../src/text/index.ts';
import fixture from '../fixtures/nanogpt.json' with { type: 'json' };
import { loadNanoGPTWeights, nanoGPTStarts } from '../fixtures/nanogpt.ts';

const file = fileURLToPath(new URL('../../../../../shared/data/text/tinyshakespeare.txt', import.meta.url));

/** The text that PyTorch's losses were computed on, or `null` where it is not there. */
export function readShakespeare(): string | null {
  if (!existsSync(file)) {
    console.warn("shared/data/text/tinyshakespeare.txt not found: PyTorch's losses passed over");
    return null;
  }
  const content = readFileSync(file);
  if (createHash('sha256').update(content).digest('hex') !== fixture.textSha256) {
    throw new Error(`${file} is not the text of the fixture; run nanogpt.py again.`);
  }
  return content.toString('utf8');
}

/** Trains nanoGPT's CPU configuration and returns the distance of each loss from PyTorch's. */
export function lossDistances(text: string, steps: number): number[] {
  const tokens = CharTokenizer.fromText(text).encode(text);
  const train = tokens.subarray(0, Math.floor(0.9 * tokens.length));
  const [batch, block] = [12, 64];
  const model = new GPT({ vocabSize: 65, blockSize: block, nLayer: 4, nHead: 4, nEmbd: 128, bias: false });
  loadNanoGPTWeights(model, fixture.parameters);
  const optimizer = new AdamW(model.parameterGroups(0.1), { betas: [0.9, 0.99] });
  const rate = cosineSchedule({ lr: 1e-3, minLr: 1e-4, warmupSteps: 100, decaySteps: 2000 });
  const trainStep = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    clipGradNorm(model.parameters(), 1);
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const distances: number[] = [];
  for (let step = 0; step < steps; step++) {
    optimizer.lr = rate(step);
    const starts = nanoGPTStarts(step, batch, train.length - block);
    const rows = (offset: number) => {
      const values = new Int32Array(batch * block);
      starts.forEach((start, row) => {
        values.set(train.subarray(start + offset, start + offset + block), row * block);
      });
      return tensor(values, { shape: [batch, block] });
    };
    const [x, y] = [rows(0), rows(1)];
    const loss = trainStep(x, y);
    distances.push(Math.abs(loss.itemSync() - (fixture.losses[step] as number)));
    for (const used of [x, y, loss]) used.dispose();
  }
  trainStep.dispose();
  optimizer.dispose();
  model.dispose();
  return distances;
}
