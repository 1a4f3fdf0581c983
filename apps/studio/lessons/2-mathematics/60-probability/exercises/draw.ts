import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (body: string) => `function draw(p: number[], u: number): number {
${body}
}

console.log(draw([0.2, 0.5, 0.3], 0.1), draw([0.2, 0.5, 0.3], 0.6));
`;
const right = `  let left = u;
  for (let i = 0; i < p.length - 1; i++) {
    if (left < p[i]) return i;
    left -= p[i];
  }
  return p.length - 1;`;
const start = (comment: string) => code(`  return 0; // ${comment}`);

/** The index by the sums of what came before. */
function fair(p: readonly number[], u: number): number {
  let sum = 0;
  for (let i = 0; i < p.length - 1; i++) {
    sum += p[i] ?? 0;
    if (u < sum) return i;
  }
  return p.length - 1;
}

export const exercise = defineExercise({
  start: { es: start('siempre sale lo mismo'), en: start('always the same') },
  defines: ['draw'],
  checks: [
    {
      id: 'walk',
      title: { es: 'A cada u le toca su tramo', en: 'Each u falls to its own stretch' },
      why: {
        es: 'Los tramos van uno detrás de otro: el segundo empieza donde terminó el primero. Compara u con lo que se lleva caminado.',
        en: 'The stretches stand one after another: the second begins where the first ended. Compare u with how far you have walked.',
      },
      async run({ draw }, { fc, agree }) {
        const p = fc
          .array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 5 })
          .map((parts) => parts.map((part) => part / parts.reduce((a, b) => a + b)));
        // Not on the very borders, where rounding decides.
        const u = fc.integer({ min: 0, max: 996 }).map((k) => (k + 0.37) / 997);
        await agree([p, u], draw, fair, { names: ['p', 'u'] });
      },
    },
    {
      id: 'frequencies',
      title: {
        es: 'Cada resultado sale tanto como dice su probabilidad',
        en: 'Each outcome comes as often as its probability says',
      },
      why: {
        es: 'Recorriendo todos los u, cada índice tiene que salir su parte. Si alguno nunca sale, se está saltando.',
        en: 'Going through all u, each index has to come for its share. One that never comes is being skipped.',
      },
      run({ draw }, { close }) {
        const p = [0.1, 0.4, 0.3, 0.2];
        const counts = [0, 0, 0, 0];
        for (let k = 0; k < 2000; k++) {
          const i = draw(p, (k + 0.5) / 2000);
          counts[i] = (counts[i] ?? 0) + 1;
        }
        close(
          counts.map((count) => count / 2000),
          p,
          { atol: 0.002 },
        );
      },
    },
    {
      id: 'end',
      title: {
        es: 'Con u casi 1 no se sale de la lista',
        en: 'With u almost 1 it does not run off the list',
      },
      why: {
        es: 'Por el redondeo, las probabilidades pueden sumar 0,9999999. Si u cae más allá, le toca el último.',
        en: 'Through rounding, probabilities may sum to 0.9999999. If u falls beyond, it goes to the last one.',
      },
      run({ draw }, { equal }) {
        equal(draw(new Array(10).fill(0.1), 1 - 2 ** -53), 9);
        equal(draw([0.3333333, 0.3333333, 0.3333333], 0.99999999), 2);
        equal(draw([1], 0.5), 0);
      },
    },
  ],
  hints: {
    es: [
      'Lleva la suma de lo que ya pasaste, o resta a u lo que vas dejando atrás.',
      'Si u es menor que p[0], es el 0. Si no, quítale p[0] a u y compara con p[1].',
      'El último no se compara: si nadie lo quiso antes, es suyo.',
    ],
    en: [
      'Keep the sum of what you have passed, or take from u what you leave behind.',
      'If u is less than p[0], it is 0. If not, take p[0] from u and compare with p[1].',
      'The last one is not compared: if nobody wanted it before, it is his.',
    ],
  },
  solution: code(right),
  wrong: [
    // Compares with each probability by itself.
    {
      code: code('  for (let i = 0; i < p.length - 1; i++) if (u < p[i]) return i;\n  return p.length - 1;'),
      fails: ['walk', 'frequencies'],
    },
    // Everybody equally.
    { code: code('  return Math.floor(u * p.length);'), fails: ['walk', 'frequencies'] },
    // Runs off the end when the sum is a little less than 1.
    {
      code: code(`  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    sum += p[i];
    if (u < sum) return i;
  }
  return -1;`),
      fails: ['end'],
    },
  ],
});
