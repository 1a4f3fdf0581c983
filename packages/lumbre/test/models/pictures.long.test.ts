import { describe, expect, test } from 'vitest';
import {
  compile,
  Generator,
  noGrad,
  rand,
  randint,
  randn,
  scope,
  type Tensor,
  tensor,
  where,
  zeros,
} from '../../src/index.ts';
import { type ClassifierLoss, CNN, MLP, ResNet } from '../../src/models/classifiers/index.ts';
import {
  type AdversarialModel,
  Autoencoder,
  ConditionalGAN,
  ConditionalVAE,
  DCGAN,
  Diffusion,
  GAN,
  type GanStepOptions,
  makeGanSteps,
  VAE,
  VQPrior,
  VQVAE,
  WGANGP,
  WGANGP_STEPS,
} from '../../src/models/images/index.ts';
import type { Module } from '../../src/nn/index.ts';
import { AdamW } from '../../src/optim/index.ts';
import { bars } from './pictures.ts';

/** Makes so many steps; `loss` draws a batch at each. */
function learn(module: Module, steps: number, loss: () => Tensor, lr = 3e-3): void {
  const optimizer = new AdamW(module.parameters(), { lr, weightDecay: 0 });
  const step = compile(() => {
    loss().backward();
    optimizer.step();
    optimizer.zeroGrad();
  });
  for (let i = 0; i < steps; i++) step();
  step.dispose();
  optimizer.dispose();
}

const read = (value: Tensor): number => value.dataSync()[0] as number;

/** Pictures of one bar each, lying (0) or standing (1), in some noise. */
function lyingOrStanding(count: number, size: number, generator: Generator): [Tensor, Tensor] {
  const labels = randint(0, 2, [count], { generator });
  const place = randint(0, size, [count], { generator }).oneHot(size).to('float32');
  const standing = place.reshape(count, 1, 1, size).expand(count, 1, size, size);
  const lying = place.reshape(count, 1, size, 1).expand(count, 1, size, size);
  const chosen = where(labels.reshape(count, 1, 1, 1).eq(1), standing, lying);
  const noise = rand([count, 1, size, size], { generator }).mul(0.3);
  return [chosen.mul(0.7).add(noise), labels];
}

describe('classifiers tell lying bars from standing ones', () => {
  const size = { imageSize: 8, channels: 1, classes: 2 };
  const models: Record<string, [(options: { generator: Generator }) => Module & Classifier, steps: number]> =
    {
      MLP: [(options) => new MLP({ inputs: 64, classes: 2, widths: [48, 24] }, options), 200],
      CNN: [(options) => new CNN({ ...size, widths: [4, 8], kernelSize: 3, hidden: 16 }, options), 150],
      ResNet: [(options) => new ResNet({ channels: 1, classes: 2, width: 4 }, options), 80],
    };
  interface Classifier {
    loss(x: Tensor, labels: Tensor): ClassifierLoss;
  }

  test.each(Object.entries(models))('%s', (_, [make, steps]) => {
    const generator = new Generator(1);
    const model = make({ generator });
    learn(model, steps, () => model.loss(...lyingOrStanding(64, 8, generator)).loss, 1e-2);
    model.eval();
    scope(() => {
      const { accuracy } = noGrad(() => model.loss(...lyingOrStanding(200, 8, generator)));
      expect(read(accuracy)).toBeGreaterThan(0.95);
    });
    model.dispose();
  });
});

/** Each pixel of bars by itself is white with probability 1 - 0.85²: so much a picture costs whoever sees no bars. */
const PIXELS = 64 * 0.5908;

describe('autoencoders find the bars', () => {
  test('the denoising autoencoder sees them through noise', () => {
    const generator = new Generator(2);
    const config = { imageSize: 8, channels: 1, widths: [64], latentDim: 20, architecture: 'dense' } as const;
    const model = new Autoencoder(config, { generator });
    const noise = { kind: 'masking', level: 0.3 } as const;
    learn(model, 400, () => model.loss(bars(64, generator), { noise, generator }).loss, 1e-2);
    scope(() => {
      const x = bars(200, generator);
      const { loss } = noGrad(() => model.loss(x, { noise, generator }));
      expect(read(loss)).toBeLessThan(PIXELS / 3);
      expect(model.forward(x).shape).toEqual(x.shape);
    });
    model.dispose();
  });

  test('a VAE: its bound comes near the entropy of 16 bars, 6.8 nats, and that of many samples nearer', () => {
    const generator = new Generator(3);
    const config = { imageSize: 8, channels: 1, widths: [64], latentDim: 16, architecture: 'dense' } as const;
    const model = new VAE(config, { generator });
    learn(model, 900, () => model.loss(bars(64, generator), { generator }).loss, 5e-3);
    scope(() =>
      noGrad(() => {
        const x = bars(200, generator);
        const elbo = read(model.loss(x, { generator }).elbo);
        const bound = read(model.importanceWeightedBound(x, 20, { generator }).mean());
        expect(elbo).toBeGreaterThan(-PIXELS / 2);
        expect(bound).toBeGreaterThan(elbo + 0.3);
        expect(bound).toBeLessThan(-6.5);
        const path = model.interpolate(x.narrow(0, 0, 1), x.narrow(0, 1, 1), 5);
        const ends = model.reconstruct(x.narrow(0, 0, 2));
        expect(path.shape).toEqual([5, 1, 8, 8]);
        expect(
          read(
            path
              .narrow(0, 0, 1)
              .sub(ends.narrow(0, 0, 1))
              .abs()
              .max(),
          ),
        ).toBeLessThan(1e-5);
        expect(
          read(
            path
              .narrow(0, 4, 1)
              .sub(ends.narrow(0, 1, 1))
              .abs()
              .max(),
          ),
        ).toBeLessThan(1e-5);
        expect(model.sample(3, { generator }).shape).toEqual([3, 1, 8, 8]);
      }),
    );
    model.dispose();
  });

  test('a conditional VAE draws bars of the wanted kind', () => {
    const generator = new Generator(4);
    const config = { imageSize: 8, channels: 1, widths: [8], latentDim: 4, classes: 2 };
    const model = new ConditionalVAE(config, { generator });
    const batch = () => lyingOrStanding(64, 8, generator);
    learn(model, 400, () => model.loss(...batch(), { generator }).loss, 1e-2);
    scope(() => {
      const labels = randint(0, 2, [100], { generator });
      const drawn = noGrad(() => model.sample(labels, { generator }));
      // Standing bars make columns differ, lying ones rows.
      const [rows, columns] = [3, 2].map((axis) => drawn.mean(axis).reshape(100, 8).var(1)) as [
        Tensor,
        Tensor,
      ];
      expect(read(columns.gt(rows).eq(labels.eq(1)).to('float32').mean())).toBeGreaterThan(0.95);
    });
    model.dispose();
  });
});

/** Trains a GAN; `perStep` steps of the discriminator for each of the generator. */
function contest(
  model: AdversarialModel,
  steps: number,
  batch: () => { real: Tensor; labels?: Tensor },
  options: Partial<GanStepOptions> & { generator: Generator },
  { lr = 2e-3, beta = 0.5, perStep = 1 } = {},
): void {
  const [generatorOptimizer, discriminatorOptimizer] = [model.generator, model.discriminator].map(
    (network) => new AdamW(network.parameters(), { lr, betas: [beta, 0.99], weightDecay: 0 }),
  ) as [AdamW, AdamW];
  const nextBatch = compile(batch);
  const made = makeGanSteps({
    model,
    generatorOptimizer,
    discriminatorOptimizer,
    emaDecay: 0.98,
    ...options,
  });
  for (let i = 0; i < steps; i++) {
    scope(() => {
      let labels: Tensor | undefined;
      let count = 0;
      for (let k = 0; k < perStep; k++) {
        const next = nextBatch();
        labels = next.labels;
        count = next.real.shape[0] as number;
        made.discriminatorStep(next);
      }
      made.generatorStep({ batch: count, labels });
    });
  }
  nextBatch.dispose();
  made.dispose();
  generatorOptimizer.dispose();
  discriminatorOptimizer.dispose();
}

describe('GANs', () => {
  test('a GAN finds all of eight Gaussians on a ring', () => {
    const generator = new Generator(5);
    const places = Float32Array.from(
      { length: 16 },
      (_, i) => 0.7 * (i % 2 === 0 ? Math.cos : Math.sin)(((i >> 1) * Math.PI) / 4),
    );
    const centres = tensor(places, { shape: [8, 2] });
    const config = { imageSize: 1, channels: 2, latentDim: 4, widths: [64, 64], average: true };
    const model = new GAN(config, { generator });
    const batch = () => {
      const which = centres.indexSelect(0, randint(0, 8, [128], { generator }));
      return { real: which.add(randn([128, 2], { generator }).mul(0.03)).reshape(128, 2, 1, 1) };
    };
    contest(model, 1500, batch, { generator, r1: 0.1 });
    scope(() => {
      const points = noGrad(() => model.sample(400, { generator })).reshape(400, 1, 2);
      const distances = points.sub(centres).square().sum(-1).sqrt();
      const near = distances.amin(1).lt(0.2).dataSync();
      const found = distances.argmin(1).dataSync();
      const hits = new Array<number>(8).fill(0);
      found.forEach((centre, i) => {
        if (near[i]) hits[centre] = (hits[centre] as number) + 1;
      });
      expect(Math.min(...hits), `points at each: ${hits}`).toBeGreaterThan(8);
      expect(hits.reduce((a, b) => a + b)).toBeGreaterThan(320);
    });
    centres.dispose();
    model.dispose();
  });

  /** 16 by 16: the left half bright (0) or the right one (1), more or less, in noise. */
  function halves(generator: Generator) {
    const count = 32;
    const labels = randint(0, 2, [count], { generator });
    const side = labels.reshape(count, 1, 1, 1).to('float32').mul(2).sub(1);
    const ramp = tensor(
      Float32Array.from({ length: 16 }, (_, i) => (i < 8 ? -1 : 1)),
      { shape: [1, 1, 1, 16] },
    );
    const bright = rand([count, 1, 1, 1], { generator }).mul(0.5).add(0.3);
    const real = side.mul(ramp).mul(bright).expand(count, 1, 16, 16);
    return { real: real.add(randn([count, 1, 16, 16], { generator }).mul(0.05)), labels };
  }

  /** How much brighter the right half is. */
  const tilt = (pictures: Tensor): Tensor =>
    pictures
      .narrow(3, 8, 8)
      .mean([1, 2, 3])
      .sub(pictures.narrow(3, 0, 8).mean([1, 2, 3]));

  test('a conditional DCGAN with spectral norm and hinge loss draws what it is told', () => {
    const generator = new Generator(6);
    const config = { imageSize: 16, channels: 1, latentDim: 8, width: 8, classes: 2 } as const;
    const model = new ConditionalGAN({ ...config, discriminatorNorm: 'spectral' }, { generator });
    const options = { generator, loss: 'hinge', instanceNoise: () => 0.1 } as const;
    contest(model, 250, () => halves(generator), options);
    model.eval();
    scope(() => {
      const labels = randint(0, 2, [100], { generator });
      const tilts = tilt(noGrad(() => model.sample(100, { generator, labels })));
      const right = tilts.gt(0).eq(labels.eq(1)).to('float32').mean();
      expect(read(right)).toBeGreaterThan(0.9);
      expect(read(tilts.abs().mean())).toBeGreaterThan(0.4);
    });
    model.dispose();
  });

  test.each([2, 5, 7, 16, 28, 33])('the networks take pictures of %i pixels a side', (imageSize) => {
    for (const upsample of ['transposed', 'nearest'] as const) {
      const config = { imageSize, channels: 3, latentDim: 4, width: 2, upsample };
      const model = new DCGAN(config, { generator: new Generator(1) });
      scope(() => {
        const pictures = noGrad(() => model.sample(3, { generator: new Generator(2) }));
        expect(pictures.shape).toEqual([3, 3, imageSize, imageSize]);
        expect(noGrad(() => model.discriminator.forward(pictures)).shape).toEqual([3]);
      });
      model.dispose();
    }
  });

  test('the class does not drown the noise: pictures of one class vary as all do', () => {
    const generator = new Generator(9);
    const config = { imageSize: 28, channels: 1, latentDim: 16, width: 8, classes: 10 };
    const model = new ConditionalGAN(config, { generator });
    scope(() => {
      const spread = (labels: Tensor): number => {
        const pictures = noGrad(() => model.sample(100, { generator, labels }));
        return read(pictures.sub(pictures.mean(0)).square().mean());
      };
      const [one, all] = [zeros([100], { dtype: 'int32' }), randint(0, 10, [100], { generator })];
      expect(spread(one)).toBeGreaterThan(0.8 * spread(all));
    });
    model.dispose();
  });

  test('WGAN-GP draws both halves', () => {
    const generator = new Generator(7);
    const model = new WGANGP({ imageSize: 16, channels: 1, latentDim: 8, width: 8 }, { generator });
    const options = { generator, ...WGANGP_STEPS };
    const batch = () => ({ real: halves(generator).real });
    contest(model, 150, batch, options, { lr: 2e-3, beta: 0, perStep: 2 });
    model.eval();
    scope(() => {
      const tilts = tilt(noGrad(() => model.sample(100, { generator })));
      const part = read(tilts.gt(0).to('float32').mean());
      expect(part).toBeGreaterThan(0.15);
      expect(part).toBeLessThan(0.85);
      expect(read(tilts.abs().mean())).toBeGreaterThan(0.4);
    });
    model.dispose();
  });
});

test('a diffusion model makes the two patterns that it has seen, and no other, by DDIM and by DDPM', async () => {
  const generator = new Generator(8);
  const patterns = tensor(
    Float32Array.from({ length: 128 }, (_, i) => (i < 64 ? (i % 2 ? 1 : -1) : i % 16 < 8 ? 1 : -1)),
    { shape: [2, 1, 8, 8] },
  );
  const net = { width: 8, multipliers: [1, 2], groups: 4, attention: false, timesteps: 100 };
  const model = new Diffusion({ imageSize: 8, channels: 1, ...net }, { generator });
  const batch = () => patterns.indexSelect(0, randint(0, 2, [16], { generator }));
  learn(model, 200, () => model.loss(batch(), { generator }).loss, 5e-3);
  model.eval();
  const check = (drawn: Tensor) =>
    scope(() => {
      const distances = drawn.unsqueeze(1).sub(patterns).abs().mean([2, 3, 4]);
      expect(read(distances.amin(1).mean())).toBeLessThan(0.15);
      expect(new Set(distances.argmin(1).dataSync()).size).toBe(2);
    });
  let frames = 0;
  for await (const { x, predicted, step, steps } of model.film(16, { generator, steps: 10 })) {
    expect(step).toBe(++frames);
    expect(predicted.shape).toEqual([16, 1, 8, 8]);
    if (step === steps) check(x);
    x.dispose();
    predicted.dispose();
  }
  expect(frames).toBe(10);
  const drawn = await model.sample(16, { generator, steps: 25, eta: 1 });
  check(drawn);
  drawn.dispose();
  patterns.dispose();
  model.dispose();
});

test('a VQ-VAE uses its codes, and a prior over them draws bars of the wanted kind', async () => {
  const generator = new Generator(9);
  const config = {
    ...{ imageSize: 8, channels: 1, width: 16, residualBlocks: 1, residualWidth: 8 },
    ...{ numEmbeddings: 16, embeddingDim: 8, decay: 0.9 },
  };
  const model = new VQVAE(config, { generator });
  learn(model, 300, () => model.loss(lyingOrStanding(32, 8, generator)[0]).loss, 5e-3);
  model.eval();
  const sizes = { numEmbeddings: 16, gridSize: model.gridSize, classes: 2 };
  const net = { nLayer: 1, nHead: 2, nEmbd: 32, dropout: 0, initStd: 0.15 };
  const prior = new VQPrior({ ...sizes, ...net }, { generator });
  const batch = () => {
    const [x, labels] = lyingOrStanding(64, 8, generator);
    return prior.loss(
      noGrad(() => model.encode(x)),
      labels,
    ).loss;
  };
  learn(prior, 250, batch, 8e-3);
  prior.eval();
  const kinds = Array.from({ length: 60 }, (_, i) => i % 2);
  const codes = await prior.sample(60, { labels: kinds, generator });
  scope(() =>
    noGrad(() => {
      const { reconstruction, usage } = model.loss(lyingOrStanding(100, 8, generator)[0]);
      // The noise's variance is 0.0075; a grey picture is off by more than 0.06.
      expect(read(reconstruction)).toBeLessThan(0.03);
      expect(read(usage)).toBeGreaterThan(0.6);
      const drawn = model.decode(codes);
      const [rows, columns] = [3, 2].map((axis) => drawn.mean(axis).reshape(60, 8).var(1)) as [
        Tensor,
        Tensor,
      ];
      const labels = tensor(kinds, { dtype: 'int32' });
      expect(read(columns.gt(rows).eq(labels.eq(1)).to('float32').mean())).toBeGreaterThan(0.85);
    }),
  );
  codes.dispose();
  prior.dispose();
  model.dispose();
});
