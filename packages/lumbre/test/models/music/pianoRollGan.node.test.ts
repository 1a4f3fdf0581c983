import { expect, test } from 'vitest';
import { Generator, tensor } from '../../../src/index.ts';
import { makeGanSteps } from '../../../src/models/images/index.ts';
import { PianoRollGAN } from '../../../src/models/music/index.ts';
import { Adam } from '../../../src/optim/index.ts';

const STEPS = 100;

test('it learns to play a chord that is all there is', async () => {
  const model = new PianoRollGAN(
    { steps: 8, pitches: 24, latentDim: 4, width: 4, average: false },
    { generator: new Generator(1) },
  );
  const generatorOptimizer = new Adam(model.generator.parameters(), { lr: 0.01, betas: [0.5, 0.99] });
  const discriminatorOptimizer = new Adam(model.discriminator.parameters(), { lr: 0.01, betas: [0.5, 0.99] });
  const generator = new Generator(2);
  const steps = makeGanSteps({ model, generatorOptimizer, discriminatorOptimizer, loss: 'hinge', generator });
  const chord = Float32Array.from({ length: 24 }, (_, pitch) => ([0, 7, 16].includes(pitch) ? 1 : -1));
  const batch = Array.from({ length: 8 * 8 }, () => [...chord]).flat();
  const real = tensor(Float32Array.from(batch), { shape: [8, 1, 8, 24] });
  for (let i = 0; i < STEPS; i++) {
    const told = steps.discriminatorStep({ real });
    const made = steps.generatorStep({ batch: 8 });
    for (const value of [...Object.values(told), made.loss]) value.dispose();
  }
  model.eval();
  const played = model.sample(4, { generator: new Generator(9) }).dataSync();
  const wrong = played.filter((value, i) => value !== chord[i % 24]).length;
  expect(wrong / played.length).toBeLessThan(0.03);
  steps.dispose();
  generatorOptimizer.dispose();
  discriminatorOptimizer.dispose();
  model.dispose();
});
