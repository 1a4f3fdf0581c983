import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (body: string) => `function slope(f: (x: number) => number, x: number): number {
${body}
}

console.log(slope((x) => x * x, 3));
`;
const start = (comment: string) => code(`  const h = 0.5; // ${comment}\n  return (f(x + h) - f(x)) / h;`);

export const exercise = defineExercise({
  start: { es: start('demasiado lejos'), en: start('too far away') },
  defines: ['slope'],
  checks: [
    {
      id: 'parabola',
      title: {
        es: 'La pendiente de x² es 2x, con cuatro decimales',
        en: 'The slope of x² is 2x, to four decimals',
      },
      why: {
        es: 'Tu punto está lejos, o tan cerca que la resta se queda sin cifras.',
        en: 'Your point is far away, or so near that the subtraction runs out of digits.',
      },
      async run({ slope }, { fc, agree }) {
        await agree(
          [fc.integer({ min: -20, max: 20 })],
          (x) => slope((t: number) => t * t, x),
          (x) => 2 * x,
          {
            names: ['x'],
            rtol: 1e-4,
            atol: 1e-4,
          },
        );
      },
    },
    {
      id: 'curved',
      title: {
        es: 'Acierta en curvas cerradas: seno, cubo, exponencial',
        en: 'It is right on tight curves: sine, cube, exponential',
      },
      why: {
        es: 'Con un paso a un solo lado el error es del tamaño de h; con uno a cada lado, del de h². Prueba h = 1e-5 a ambos lados.',
        en: 'With a step to one side only the error is as large as h; with one to each side, as h². Try h = 1e-5 on both sides.',
      },
      run({ slope }, { close }) {
        for (const x of [-1.5, -0.3, 0.8, 2]) {
          close(slope(Math.sin, x), Math.cos(x), { atol: 1e-6, what: 'sin' });
          close(
            slope((t: number) => t ** 3, x),
            3 * x * x,
            { atol: 1e-5, what: 'x³' },
          );
          close(
            slope((t: number) => Math.exp(2 * t), x),
            2 * Math.exp(2 * x),
            { rtol: 1e-6, atol: 1e-6, what: 'exp(2x)' },
          );
        }
      },
    },
    {
      id: 'flat',
      title: { es: 'En una cima da 0', en: 'At a top it gives 0' },
      why: {
        es: 'Arriba de todo la curva está plana. Mirando a los dos lados por igual se ve enseguida.',
        en: 'At the very top a curve is flat. Looking equally to both sides shows it at once.',
      },
      run({ slope }, { close }) {
        close(
          slope((t: number) => 20 * t - 5 * t * t, 2),
          0,
          { atol: 1e-6 },
        );
        close(
          slope(() => 7, 3),
          0,
          { atol: 1e-9 },
        );
      },
    },
  ],
  hints: {
    es: [
      'Mira un punto a la izquierda y otro a la derecha de x.',
      'La distancia entre los dos es 2h, no h.',
      'const h = 1e-5; return (f(x + h) - f(x - h)) / (2 * h);',
    ],
    en: [
      'Look at one point to the left of x and one to the right.',
      'They are 2h apart, not h.',
      'const h = 1e-5; return (f(x + h) - f(x - h)) / (2 * h);',
    ],
  },
  solution: code('  const h = 1e-5;\n  return (f(x + h) - f(x - h)) / (2 * h);'),
  wrong: [
    // So near that nothing is left of the difference.
    {
      code: code('  const h = 1e-16;\n  return (f(x + h) - f(x - h)) / (2 * h);'),
      fails: ['parabola', 'curved'],
    },
    // To one side only.
    {
      code: code('  const h = 1e-3;\n  return (f(x + h) - f(x)) / h;'),
      fails: ['parabola', 'curved', 'flat'],
    },
    // Divided by half of the distance.
    { code: code('  const h = 1e-5;\n  return (f(x + h) - f(x - h)) / h;'), fails: ['parabola', 'curved'] },
  ],
});
