import { defineExercise } from '../../../../src/grading/exercise.ts';

const code = (body: string) => `function backward(a: number, b: number, c: number): number[] {
  const u = a * b;
  const v = u + c;
  const L = Math.tanh(v);

${body}
  return [da, db, dc];
}

console.log(backward(0.5, -1, 0.8));
`;
const right = `  const dv = 1 - L * L;
  const du = dv;
  const dc = dv;
  const da = du * b;
  const db = du * a;`;
const start = (comment: string) =>
  code(`  const dv = 1; // ${comment}
  const du = dv;
  const dc = dv;
  const da = 0;
  const db = 0;`);

const L = ([a = 0, b = 0, c = 0]: number[]) => Math.tanh(a * b + c);

export const exercise = defineExercise({
  start: { es: start('¿cuánto crece L si crece v?'), en: start('how much does L grow if v grows?') },
  defines: ['backward'],
  checks: [
    {
      id: 'differences',
      title: {
        es: 'Coincide con las diferencias finitas en todas partes',
        en: 'It agrees with finite differences everywhere',
      },
      why: {
        es: 'En cada nodo: lo que viene de atrás por la derivada local. La local de un producto respecto de a es b.',
        en: 'At each node: what comes from behind times the local derivative. That of a product by a is b.',
      },
      async run({ backward }, { gradient }) {
        for (const at of [
          [0.5, -1, 0.8],
          [2, 0.3, -0.4],
          [-1.2, -0.7, 0.1],
          [0, 1.5, 0.6],
        ])
          await gradient(L, (x) => backward(...(x as [number, number, number])), at, { tolerance: 1e-4 });
      },
    },
    {
      id: 'crossed',
      title: {
        es: 'A cada uno lo suyo: a no se confunde con b',
        en: 'To each its own: a is not mistaken for b',
      },
      why: {
        es: 'Cuando a vale 0, mover b no mueve nada: su gradiente es 0. El de a, en cambio, depende de b.',
        en: 'When a is 0, moving b moves nothing: its gradient is 0. That of a depends on b.',
      },
      run({ backward }, { close }) {
        const [da, db] = backward(0, 2, 0);
        close([da, db], [2, 0], { atol: 1e-9 });
      },
    },
    {
      id: 'flat',
      title: {
        es: 'Donde tanh está plana casi no pasa gradiente',
        en: 'Where tanh is flat hardly any gradient gets through',
      },
      why: {
        es: 'Falta multiplicar por 1 − L². Con v = 10 ese factor es casi 0, y apaga a los tres.',
        en: 'The factor 1 − L² is missing. At v = 10 it is almost 0, and puts all three out.',
      },
      run({ backward }, { close }) {
        close(backward(1, 5, 5), [0, 0, 0], { atol: 1e-6 });
      },
    },
  ],
  hints: {
    es: [
      'Empieza por el final: dv es la derivada de tanh en v, y tanh(v) ya está calculada en L.',
      'En la suma v = u + c, el gradiente pasa igual a los dos.',
      'da = du * b; db = du * a;',
    ],
    en: [
      'Begin at the end: dv is the derivative of tanh at v, and tanh(v) is in L already.',
      'In the sum v = u + c the gradient passes to both unchanged.',
      'da = du * b; db = du * a;',
    ],
  },
  solution: code(right),
  wrong: [
    // The tanh is left out of the chain.
    { code: code(right.replace('1 - L * L', '1')), fails: ['differences', 'flat'] },
    // a and b have changed places.
    {
      code: code(right.replace('du * b', 'du * A').replace('du * a', 'du * b').replace('du * A', 'du * a')),
      fails: ['differences', 'crossed'],
    },
  ],
});
