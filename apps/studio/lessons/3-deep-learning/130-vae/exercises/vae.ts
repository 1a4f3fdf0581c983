import { tensor, valueAndGrad } from 'lumbre';
import { defineExercise } from '../../../../src/grading/exercise.ts';

type Rows = readonly (readonly number[])[];

const floats = (rows: Rows) =>
  tensor(
    rows.map((row) => [...row]),
    { dtype: 'float32' },
  );

export const exercise = defineExercise({
  start: {
    es: `import { tensor, type Tensor } from 'lumbre';

function sample(mean: Tensor, logVar: Tensor, noise: Tensor): Tensor {
  return mean; // falta el ruido, tan ancho como la nube
}

function kl(mean: Tensor, logVar: Tensor): Tensor {
  return mean.square().sum(-1); // falta lo que paga el ancho
}

console.log(await kl(tensor([[0, 0], [1, 0]]), tensor([[0, 0], [0, -2]])).array());
`,
    en: `import { tensor, type Tensor } from 'lumbre';

function sample(mean: Tensor, logVar: Tensor, noise: Tensor): Tensor {
  return mean; // the noise is missing, as wide as the cloud
}

function kl(mean: Tensor, logVar: Tensor): Tensor {
  return mean.square().sum(-1); // what the width pays is missing
}

console.log(await kl(tensor([[0, 0], [1, 0]]), tensor([[0, 0], [0, -2]])).array());
`,
  },
  defines: ['sample', 'kl'],
  checks: [
    {
      id: 'sample',
      title: { es: 'El código es centro + ancho · ruido', en: 'The code is middle + width · noise' },
      why: {
        es: 'logVar es el logaritmo de σ², y hace falta σ. ¿Qué le falta a exp(logVar)?',
        en: 'logVar is the logarithm of σ², and σ is needed. What does exp(logVar) lack?',
      },
      async run({ sample }, { fc, agree }) {
        const rows = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 2 }), {
          minLength: 2,
          maxLength: 2,
        });
        await agree(
          [rows, rows, rows],
          (mean, logVar, noise) => sample(floats(mean), floats(logVar), floats(noise)),
          (mean, logVar, noise) =>
            mean.map((row, i) =>
              row.map((m, j) => m + Math.exp((logVar[i]?.[j] ?? 0) / 2) * (noise[i]?.[j] ?? 0)),
            ),
          { names: ['mean', 'logVar', 'noise'], runs: 40, rtol: 1e-4, atol: 1e-5 },
        );
      },
    },
    {
      id: 'reaches',
      title: {
        es: 'El gradiente llega al centro y al ancho',
        en: 'The gradient reaches the middle and the width',
      },
      why: {
        es: 'El código tiene que depender de mean y de logVar: sin detach y sin volver a sacar números al azar.',
        en: 'The code has to depend on mean and logVar: without detach, and without drawing numbers anew.',
      },
      run({ sample }, { close }) {
        const noise = floats([[0.5, -1]]);
        const [, [byMean, byWidth]] = valueAndGrad((mean, logVar) => sample(mean, logVar, noise).sum(), {
          argnums: [0, 1],
        })(floats([[1, 2]]), floats([[0, 0]]));
        close(byMean, [[1, 1]], { rtol: 1e-4 });
        close(byWidth, [[0.25, -0.5]], { rtol: 1e-4 });
      },
    },
    {
      id: 'zero',
      title: {
        es: 'La normal estándar no paga nada, y las demás pagan algo',
        en: 'The standard normal pays nothing, and all others pay something',
      },
      why: {
        es: 'Con mean = 0 y logVar = 0 la KL es 0. Con cualquier otra nube es positiva, también con una más ancha o más estrecha.',
        en: 'At mean = 0 and logVar = 0 the KL is 0. For any other cloud it is positive, be it wider or narrower.',
      },
      run({ kl }, { close, assert }) {
        close(kl(floats([[0, 0]]), floats([[0, 0]])), [0], { atol: 1e-6 });
        for (const logVar of [-2, 1.5]) {
          const [paid] = kl(floats([[0, 0]]), floats([[logVar, 0]])).arraySync();
          assert(paid > 0.05, 'kl > 0');
        }
      },
    },
    {
      id: 'kl',
      title: {
        es: 'La KL es la de la fórmula, una por ejemplo',
        en: 'The KL is that of the formula, one for each example',
      },
      why: {
        es: 'Son cuatro términos y un medio: μ² + σ² − log σ² − 1. Después se suma a lo largo de la última dimensión.',
        en: 'There are four terms and a half: μ² + σ² − log σ² − 1. Then it is summed along the last dimension.',
      },
      async run({ kl }, { fc, agree }) {
        const rows = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }), {
          minLength: 2,
          maxLength: 2,
        });
        await agree(
          [rows, rows],
          (mean, logVar) => kl(floats(mean), floats(logVar)),
          (mean, logVar) =>
            mean.map((row, i) =>
              row.reduce((sum, m, j) => {
                const l = logVar[i]?.[j] ?? 0;
                return sum + 0.5 * (m * m + Math.exp(l) - l - 1);
              }, 0),
            ),
          { names: ['mean', 'logVar'], runs: 40, rtol: 1e-4, atol: 1e-4 },
        );
      },
    },
  ],
  hints: {
    es: [
      'σ = exp(logVar / 2): la mitad del logaritmo es la raíz.',
      'logVar.exp() es σ². Los cuatro términos se escriben con add y sub, y al final mul(0.5) y sum(-1).',
      'mean.add(logVar.mul(0.5).exp().mul(noise)) y mean.square().add(logVar.exp()).sub(logVar).sub(1).mul(0.5).sum(-1)',
    ],
    en: [
      'σ = exp(logVar / 2): half of the logarithm is the root.',
      'logVar.exp() is σ². The four terms are written with add and sub, and mul(0.5) and sum(-1) come last.',
      'mean.add(logVar.mul(0.5).exp().mul(noise)) and mean.square().add(logVar.exp()).sub(logVar).sub(1).mul(0.5).sum(-1)',
    ],
  },
  solution: `import type { Tensor } from 'lumbre';

function sample(mean: Tensor, logVar: Tensor, noise: Tensor): Tensor {
  return mean.add(logVar.mul(0.5).exp().mul(noise));
}

function kl(mean: Tensor, logVar: Tensor): Tensor {
  return mean.square().add(logVar.exp()).sub(logVar).sub(1).mul(0.5).sum(-1);
}
`,
  wrong: [
    {
      // The variance in the place of the width.
      code: `import type { Tensor } from 'lumbre';

function sample(mean: Tensor, logVar: Tensor, noise: Tensor): Tensor {
  return mean.add(logVar.exp().mul(noise));
}

function kl(mean: Tensor, logVar: Tensor): Tensor {
  return mean.square().add(logVar.exp()).sub(logVar).sub(1).mul(0.5).sum(-1);
}
`,
      fails: ['sample', 'reaches'],
    },
    {
      // The minus of the logarithm was forgotten.
      code: `import type { Tensor } from 'lumbre';

function sample(mean: Tensor, logVar: Tensor, noise: Tensor): Tensor {
  return mean.add(logVar.mul(0.5).exp().mul(noise));
}

function kl(mean: Tensor, logVar: Tensor): Tensor {
  return mean.square().add(logVar.exp()).add(logVar).sub(1).mul(0.5).sum(-1);
}
`,
      fails: ['zero', 'kl'],
    },
  ],
});
