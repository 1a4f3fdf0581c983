import { expect, test } from 'vitest';
import { Generator, randn } from '../../../src/index.ts';
import { PianoRollGAN } from '../../../src/models/music/index.ts';

const sizes = { steps: 8, pitches: 24, latentDim: 4, width: 2 } as const;

test('rolls have notes or none', () => {
  const model = new PianoRollGAN(sizes, { generator: new Generator(1) });
  model.eval();
  const rolls = model.sample(3, { generator: new Generator(2) });
  expect(rolls.shape).toEqual([3, 1, 8, 24]);
  expect(new Set(rolls.dataSync())).toEqual(new Set([-1, 1]));
  expect(model.discriminator.forward(rolls).shape).toEqual([3]);
  model.dispose();
});

test('the gradient passes through as if notes were not cut', () => {
  const [hard, soft] = (['straight-through', 'threshold'] as const).map(
    (binary) => new PianoRollGAN({ ...sizes, binary }, { generator: new Generator(1) }),
  ) as [PianoRollGAN, PianoRollGAN];
  const z = randn([4, 4], { generator: new Generator(3) });
  const gradientOf = ({ generator }: PianoRollGAN) => {
    // Linear in the rolls, so that their values do not matter to the gradient.
    const rolls = generator.forward(z);
    rolls
      .mul(randn(rolls.shape, { generator: new Generator(4) }))
      .sum()
      .backward();
    return generator.project.weight.grad?.dataSync();
  };
  const gradient = gradientOf(hard);
  expect(gradient?.some((value) => value !== 0)).toBe(true);
  expect(gradient).toEqual(gradientOf(soft));
  expect(new Set(soft.generator.forward(z).dataSync()).size).toBeGreaterThan(100);
  hard.dispose();
  soft.dispose();
});

test('it names the setting that is wrong', () => {
  expect(() => new PianoRollGAN({ steps: 12 })).toThrow('multiple of 8');
  expect(() => new PianoRollGAN({ pitches: 40 })).toThrow('one of 12');
  expect(() => new PianoRollGAN({ width: 0 })).toThrow('width');
});
