import { tensor, valueAndGrad } from 'lumbre';
import { defineExercise } from '../../../../src/grading/exercise.ts';

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

export const exercise = defineExercise({
  start: {
    es: `import { tensor, type Tensor } from 'lumbre';

function discriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return real.mean().sub(fake.mean()); // mide otra cosa
}

function generatorLoss(fake: Tensor): Tensor {
  return fake.mean(); // y esta también
}

console.log(await discriminatorLoss(tensor([2, 1]), tensor([-1, 0.5])).item());
`,
    en: `import { tensor, type Tensor } from 'lumbre';

function discriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return real.mean().sub(fake.mean()); // measures something else
}

function generatorLoss(fake: Tensor): Tensor {
  return fake.mean(); // and so does this
}

console.log(await discriminatorLoss(tensor([2, 1]), tensor([-1, 0.5])).item());
`,
  },
  defines: ['discriminatorLoss', 'generatorLoss'],
  checks: [
    {
      id: 'discriminator',
      title: {
        es: 'La pérdida del discriminador es la media de −log σ(real) más la de −log(1 − σ(fabricado))',
        en: 'The discriminator’s loss is the mean of −log σ(real) plus that of −log(1 − σ(made))',
      },
      why: {
        es: 'Mira los signos: tiene que bajar cuando lo real puntúa alto y lo fabricado bajo. 1 − σ(s) es lo mismo que σ(−s).',
        en: 'Look at the signs: it has to fall when real scores high and made scores low. 1 − σ(s) is the same as σ(−s).',
      },
      async run({ discriminatorLoss }, { fc, agree }) {
        const scores = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 4 });
        await agree(
          [scores, scores],
          (real, fake) =>
            discriminatorLoss(tensor(real, { dtype: 'float32' }), tensor(fake, { dtype: 'float32' })),
          (real, fake) => mean(real.map((s) => softplus(-s))) + mean(fake.map(softplus)),
          { names: ['real', 'fake'], rtol: 1e-4, atol: 1e-5, runs: 40 },
        );
      },
    },
    {
      id: 'generator',
      title: {
        es: 'El gradiente del generador es fuerte donde el discriminador está seguro de que es falso',
        en: 'The generator’s gradient is strong where the discriminator is sure of a fake',
      },
      why: {
        es: 'Con puntaje −6, la pérdida no saturante tiene pendiente cercana a −1. Si la tuya es casi 0, es la minimax; si es +1, apunta al revés.',
        en: 'At a score of −6, the non-saturating loss has a slope close to −1. If yours is almost 0, it is the minimax one; if it is +1, it points the wrong way.',
      },
      async run({ generatorLoss }, { close }) {
        for (const score of [-6, -1, 2]) {
          const [value, slope] = valueAndGrad((s) => generatorLoss(s))(tensor([score], { dtype: 'float32' }));
          close(slope, [-1 / (1 + Math.exp(score))], { rtol: 1e-3, atol: 1e-5, what: 'slope' });
          close(value, softplus(-score), { rtol: 1e-3, atol: 1e-5 });
        }
      },
    },
    {
      id: 'stable',
      title: {
        es: 'Puntajes enormes no dan infinito ni NaN',
        en: 'Enormous scores give neither infinity nor NaN',
      },
      why: {
        es: 'sigmoid(200) se redondea a 1 y log(0) es −∞. Busca el método que hace las dos cuentas juntas.',
        en: 'sigmoid(200) is rounded to 1, and log(0) is −∞. Look for the method that does both at once.',
      },
      async run({ discriminatorLoss, generatorLoss }, { close }) {
        const [low, high] = [tensor([-200], { dtype: 'float32' }), tensor([200], { dtype: 'float32' })];
        close(discriminatorLoss(low, high), 400, { rtol: 1e-4 });
        close(generatorLoss(low), 200, { rtol: 1e-4 });
      },
    },
  ],
  hints: {
    es: [
      'x.logSigmoid() es log σ(x), calculado de una vez.',
      '1 − σ(s) = σ(−s): para lo fabricado, cambia primero el signo con neg().',
      'real.logSigmoid().mean().neg().sub(fake.neg().logSigmoid().mean()) y fake.logSigmoid().mean().neg()',
    ],
    en: [
      'x.logSigmoid() is log σ(x), computed at once.',
      '1 − σ(s) = σ(−s): for what is made, turn the sign first with neg().',
      'real.logSigmoid().mean().neg().sub(fake.neg().logSigmoid().mean()) and fake.logSigmoid().mean().neg()',
    ],
  },
  solution: `import type { Tensor } from 'lumbre';

function discriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return real.logSigmoid().mean().neg().sub(fake.neg().logSigmoid().mean());
}

function generatorLoss(fake: Tensor): Tensor {
  return fake.logSigmoid().mean().neg();
}
`,
  wrong: [
    {
      // In two steps: the logarithm of what was rounded to nothing.
      code: `import type { Tensor } from 'lumbre';

function discriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return real.sigmoid().log().mean().neg().sub(fake.sigmoid().neg().add(1).log().mean());
}

function generatorLoss(fake: Tensor): Tensor {
  return fake.sigmoid().log().mean().neg();
}
`,
      fails: ['stable'],
    },
    {
      // The minimax loss, whose gradient is gone when it is needed most.
      code: `import type { Tensor } from 'lumbre';

function discriminatorLoss(real: Tensor, fake: Tensor): Tensor {
  return real.logSigmoid().mean().neg().sub(fake.neg().logSigmoid().mean());
}

function generatorLoss(fake: Tensor): Tensor {
  return fake.neg().logSigmoid().mean();
}
`,
      fails: ['generator', 'stable'],
    },
  ],
});
