import { describe, expect, test } from 'vitest';
import { compile, defaultDevice, gradients, noGrad, scope, tensor } from '../../src/index.ts';
import { CNN, MLP, ResNet } from '../../src/models/classifiers/index.ts';
import {
  type AdversarialModel,
  Autoencoder,
  ConditionalGAN,
  ConditionalVAE,
  completeDCGANConfig,
  completeDiffusionConfig,
  completeVAEConfig,
  copyState,
  DCGAN,
  Diffusion,
  GAN,
  type GanStepOptions,
  gradientPenalty,
  makeGanSteps,
  VAE,
  VQVAE,
  WGANGP,
} from '../../src/models/images/index.ts';
import type { Module } from '../../src/nn/index.ts';
import { SGD } from '../../src/optim/index.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import expected from '../fixtures/models/pictures.json' with { type: 'json' };
import {
  expectNumber,
  expectNumbers,
  expectProbe,
  expectState,
  fill,
  type Place,
  pictures,
  values,
} from './pictures.ts';

/** One compiled step of gradient descent. */
function train<Losses extends { loss: Tensor }>(module: Module, losses: () => Losses, lr = 0.1): Losses {
  const optimizer = new SGD(module.parameters(), { lr });
  const step = compile(() => {
    const found = losses();
    found.loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return found;
  });
  const result = step();
  step.dispose();
  optimizer.dispose();
  return result;
}

const places: Place[] = [
  { dtype: 'float64', device: 'js' },
  { dtype: 'float32', device: defaultDevice() },
];

describe.each(places)("PyTorch's results in $dtype on $device", (place) => {
  const { device } = place;
  const labels = (...numbers: number[]) => tensor(Int32Array.from(numbers), { device });

  test('autoencoders, dense and convolutional', () => {
    const shape = { latentDim: 3, likelihood: 'gaussian', sigma: 0.5 } as const;
    const cases = [
      [
        { imageSize: 4, channels: 1, latentDim: 3, architecture: 'dense', widths: [6, 5] },
        expected.autoencoderDense,
      ],
      [{ imageSize: 8, channels: 2, widths: [3, 4], ...shape }, expected.autoencoderConv],
    ] as const;
    for (const [config, wanted] of cases) {
      scope(() => {
        const model = fill(new Autoencoder(config, place), place);
        const x = pictures([3, config.channels, config.imageSize, config.imageSize], 1, place);
        expectNumbers(
          noGrad(() => model.forward(x)),
          wanted.output,
          'output',
        );
        const { loss } = train(model, () => model.loss(x), 0.01);
        expectNumber(loss, wanted.loss, 'loss');
        expectState(model, wanted.state);
        model.dispose();
      });
    }
  });

  test('variational autoencoders: the bound, its parts, and that of many samples', () => {
    const cases = [
      [{ imageSize: 8, channels: 1, latentDim: 2, widths: [3, 4], beta: 2 }, expected.vaeConv],
      [
        {
          ...{ imageSize: 4, channels: 2, latentDim: 3, architecture: 'dense', widths: [6, 5] },
          ...{ likelihood: 'gaussian', sigma: 0.5 },
        },
        expected.vaeDense,
      ],
    ] as const;
    for (const [config, wanted] of cases) {
      scope(() => {
        const model = fill(new VAE(config as ConstructorParameters<typeof VAE>[0], place), place);
        const { imageSize, channels, latentDim } = model.config;
        const x = pictures([3, channels, imageSize, imageSize], 1, place);
        const noise = values([3, latentDim], 2, place);
        noGrad(() => {
          expectNumbers(model.forward(x, { noise }).decoded, wanted.output, 'output');
          const bound = model.importanceWeightedBound(x, 4, { noise: values([4, 3, latentDim], 3, place) });
          expectNumbers(bound, wanted.bound, 'bound');
        });
        const { loss, reconstruction, kl, elbo } = train(model, () => model.loss(x, { noise }), 0.01);
        expectNumber(loss, wanted.loss, 'loss');
        expectNumber(reconstruction, wanted.reconstruction, 'reconstruction');
        expectNumber(kl, wanted.kl, 'kl');
        expectNumber(elbo, -wanted.reconstruction - wanted.kl, 'elbo');
        expectState(model, wanted.state);
        model.dispose();
      });
    }
  });

  test('the conditional variational autoencoder', () => {
    scope(() => {
      const wanted = expected.conditionalVae;
      const config = { imageSize: 8, channels: 1, latentDim: 2, widths: [3, 4], classes: 3 };
      const model = fill(new ConditionalVAE(config, place), place);
      const x = pictures([3, 1, 8, 8], 1, place);
      const noise = values([3, 2], 2, place);
      const kinds = labels(0, 1, 2);
      noGrad(() => expectNumbers(model.forward(x, kinds, { noise }).decoded, wanted.output, 'output'));
      const { loss, kl } = train(model, () => model.loss(x, kinds, { noise }), 0.01);
      expectNumber(loss, wanted.loss, 'loss');
      expectNumber(kl, wanted.kl, 'kl');
      expectState(model, wanted.state);
      model.dispose();
    });
  });

  test('VQ-VAE: codes, losses, and the book of codes after a step', () => {
    scope(() => {
      const wanted = expected.vqVae;
      const config = {
        ...{ imageSize: 8, channels: 2, width: 4, residualBlocks: 1, residualWidth: 3 },
        ...{ numEmbeddings: 5, embeddingDim: 3, decay: 0.9, reviveThreshold: 0 },
        initialize: 'uniform',
      } as const;
      const model = fill(new VQVAE(config, place), place);
      const x = pictures([3, 2, 8, 8], 1, place);
      const codes = noGrad(() => model.encode(x));
      expect(codes.shape).toEqual([3, 2, 2]);
      expect([...codes.dataSync()]).toEqual(wanted.codes);
      const result = train(model, () => model.loss(x), 0.01);
      for (const name of ['loss', 'reconstruction', 'commitment', 'perplexity'] as const) {
        expectNumber(result[name], wanted[name], name);
      }
      expectState(model, wanted.state);
      model.dispose();
    });
  });

  /** A step of each network, in turn. */
  function checkGan(
    model: AdversarialModel,
    wanted: typeof expected.gan,
    options: Partial<GanStepOptions>,
    shape: readonly number[],
    classes = false,
  ): void {
    fill(model.generator, place);
    fill(model.discriminator, place);
    if (model.averageGenerator) copyState(model.averageGenerator, model.generator);
    const [generatorOptimizer, discriminatorOptimizer] = [model.generator, model.discriminator].map(
      (network) => new SGD(network.parameters(), { lr: 0.1 }),
    ) as [SGD, SGD];
    const steps = makeGanSteps({
      model,
      generatorOptimizer,
      discriminatorOptimizer,
      emaDecay: 0.9,
      ...options,
    });
    scope(() => {
      const told = classes ? { labels: labels(0, 1, 0, 1) } : {};
      const z = values([4, 3], 2, place);
      const mix = values([4, 1, 1, 1], 3, place).add(0.5);
      const d = steps.discriminatorStep({ real: pictures(shape, 1, place, -1, 1), z, mix, ...told });
      expectNumber(d.real, wanted.real, 'real');
      expectNumber(d.fake, wanted.fake, 'fake');
      expectNumber(d.loss, wanted.discriminatorLoss, 'loss of the discriminator');
      const g = steps.generatorStep({ z: values([4, 3], 4, place), ...told });
      expectNumber(g.loss, wanted.generatorLoss, 'loss of the generator');
      expectState(model.discriminator, wanted.discriminator);
      expectState(model.generator, wanted.generator);
      if (model.averageGenerator) expectState(model.averageGenerator, wanted.average);
    });
    steps.dispose();
    generatorOptimizer.dispose();
    discriminatorOptimizer.dispose();
    model.dispose();
  }

  test('a GAN of dense layers, with label smoothing', () => {
    const config = { imageSize: 4, channels: 1, latentDim: 3, widths: [5, 6], average: true };
    checkGan(new GAN(config, place), expected.gan, { labelSmoothing: 0.1 }, [4, 1, 4, 4]);
  });

  const small = { imageSize: 16, channels: 2, latentDim: 3, width: 2 } as const;
  const shape = [4, 2, 16, 16];

  test('DCGAN with batch norm, hinge loss and R1', () => {
    const wanted = expected.dcganBatch as unknown as typeof expected.gan;
    checkGan(new DCGAN(small, place), wanted, { loss: 'hinge', r1: 0.7 }, shape);
  });

  test('DCGAN with spectral norm, minibatch deviation, repeated pixels, least squares and R1', () => {
    const config = {
      ...small,
      discriminatorNorm: 'spectral',
      minibatchStddev: true,
      upsample: 'nearest',
    } as const;
    const wanted = expected.dcganSpectral as unknown as typeof expected.gan;
    const options = { loss: 'least-squares', labelSmoothing: 0.1, r1: 0.7 } as const;
    checkGan(new DCGAN(config, place), wanted, options, shape);
  });

  test('conditional GANs, by projection and by concatenation', () => {
    const projection = { ...small, classes: 2, discriminatorNorm: 'spectral' } as const;
    const concat = { ...small, classes: 2, conditioning: 'concat' } as const;
    const wanted = [expected.conditionalGanProjection, expected.conditionalGanConcat] as unknown[];
    const [first, second] = wanted as [typeof expected.gan, typeof expected.gan];
    checkGan(new ConditionalGAN(projection, place), first, { loss: 'hinge' }, shape, true);
    checkGan(new ConditionalGAN(concat, place), second, {}, shape, true);
  });

  test('WGAN-GP: the gradient of a gradient through convolutions', () => {
    const wanted = expected.wganGp as unknown as typeof expected.gan;
    const options = { loss: 'wasserstein', gradientPenalty: 10 } as const;
    checkGan(new WGANGP(small, place), wanted, options, shape);
  });

  test('diffusion: prediction, loss, a step, and a sample by DDIM with guidance', async () => {
    const net = { width: 4, multipliers: [1, 2], groups: 2, heads: 2, timesteps: 20 };
    const cases = [
      [{ ...net, classes: 3 }, expected.diffusionV],
      [{ ...net, schedule: 'linear', prediction: 'eps' }, expected.diffusionEps],
    ] as const;
    for (const [config, wanted] of cases) {
      const model = fill(new Diffusion({ imageSize: 8, channels: 2, ...config }, place), place);
      const told = model.config.classes > 0;
      const start = values([2, 2, 8, 8], 4, place).mul(3);
      const guided = told ? { labels: labels(0, 1), guidance: 1.5 } : {};
      const sample = await model.sample(2, { noise: start, steps: 2, ...guided });
      scope(() => {
        expectNumbers(sample.at('1, 0'), wanted.sample, 'sample');
        const x = pictures([3, 2, 8, 8], 1, place, -1, 1);
        const noise = values([3, 2, 8, 8], 2, place);
        const t = labels(0, 7, 19);
        const kinds = told ? labels(0, 3, 1) : undefined;
        noGrad(() => {
          const output = model.forward(model.addNoise(x, t, noise), t, kinds);
          expectNumbers(output.at('1, 1'), wanted.output, 'output');
        });
        const unlabelled = tensor([false, false, false], { device });
        const { loss } = train(model, () => model.loss(x, { t, noise, labels: kinds, unlabelled }));
        expectNumber(loss, wanted.loss, 'loss');
        expectState(model, wanted.state);
      });
      start.dispose();
      sample.dispose();
      model.dispose();
    }
  });

  test('classifiers', () => {
    const cases = [
      [() => new MLP({ inputs: 16, classes: 3, widths: [6, 5] }, place), [4, 1, 4, 4], expected.mlp],
      [
        () =>
          new CNN(
            {
              ...{ imageSize: 8, channels: 2, classes: 3, widths: [3, 4], kernelSize: 3 },
              ...{ hidden: 5, dropout: 0 },
            },
            place,
          ),
        [4, 2, 8, 8],
        expected.cnn,
      ],
      [() => new ResNet({ channels: 2, classes: 3, width: 2 }, place), [4, 2, 8, 8], expected.resnet],
    ] as const;
    for (const [make, size, wanted] of cases) {
      scope(() => {
        const model = fill(make(), place);
        const x = pictures(size, 1, place);
        const { loss, logits } = train(model, () => {
          // One pass: batch norm's averages move at each.
          const result = model.forward(x);
          const target = labels(0, 2, 1, 2);
          return { loss: result.crossEntropy(target), logits: result };
        });
        expectNumbers(logits, wanted.output, 'output');
        expectNumber(loss, wanted.loss, 'loss');
        expectState(model, wanted.state);
        expect(model.features(x).shape).toEqual([4, { MLP: 5, CNN: 5, ResNet: 8 }[model.constructor.name]]);
        model.dispose();
      });
    }
  });

  test('the output of generators', () => {
    scope(() => {
      const model = new DCGAN(small, place);
      fill(model.generator, place);
      const output = noGrad(() => model.forward(values([4, 3], 2, place)));
      expectProbe(output, expected.dcganBatch.output, 'output');
      model.dispose();
    });
  });
});

test("the gradient penalty's slope is that of finite differences", () => {
  const place: Place = { dtype: 'float64', device: 'js' };
  const model = new WGANGP({ imageSize: 8, channels: 1, latentDim: 2, width: 2 }, place);
  const network = fill(model.discriminator, place);
  scope(() => {
    const [real, fake] = [1, 2].map((key) => pictures([2, 1, 8, 8], key, place, -1, 1)) as [Tensor, Tensor];
    const mix = values([2, 1, 1, 1], 3, place).add(0.5);
    const penalty = () => gradientPenalty(network, real, fake, { mix });
    const weight = network.parameters()[0] as Tensor;
    const [slope] = gradients(penalty(), [weight]) as [Tensor];
    const before = Float64Array.from(weight.dataSync());
    for (const i of [0, 5, 17]) {
      const [above, below] = [1e-5, -1e-5].map((distance) => {
        const moved = before.with(i, (before[i] as number) + distance);
        weight.assign(tensor(moved, { shape: weight.shape, ...place }));
        return penalty().dataSync()[0] as number;
      }) as [number, number];
      expect((above - below) / 2e-5).toBeCloseTo(slope.dataSync()[i] as number, 6);
    }
    model.dispose();
  });
});

test('a wrong setting is named', () => {
  const size = { imageSize: 28, channels: 1 };
  expect(() => completeVAEConfig({ ...size, latentDim: 0 })).toThrow('latentDim');
  expect(() => completeVAEConfig({ ...size, widths: [8, 8, 8] })).toThrow('cannot be halved 3 times');
  expect(() => completeDCGANConfig({ ...size, upsample: 'cubic' as 'nearest' })).toThrow(
    "'transposed', 'nearest'",
  );
  expect(() => completeDiffusionConfig({ ...size, width: 12 })).toThrow('multiple of groups');
  expect(() => completeDiffusionConfig({ ...size, patchSize: 3 })).toThrow('patches of 3 pixels');
  const complete = completeDiffusionConfig(size);
  expect(completeDiffusionConfig(JSON.parse(JSON.stringify(complete)))).toEqual(complete);
});
