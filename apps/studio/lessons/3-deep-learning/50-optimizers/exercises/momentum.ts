import { defineExercise } from '../../../../src/grading/exercise.ts';

function right(w: readonly number[], g: readonly number[], v: readonly number[], lr: number, beta: number) {
  const velocity = v.map((old, i) => beta * old + (g[i] as number));
  return { w: w.map((old, i) => old - lr * (velocity[i] as number)), v: velocity };
}

export const exercise = defineExercise({
  start: {
    es: `function momentumStep(w: number[], g: number[], v: number[], lr: number, beta: number) {
  // Completa: v nueva = beta · v + g; w nuevo = w − lr · v nueva.
  return { w, v };
}

momentumStep([4, 1], [4, 25], [0, 0], 0.03, 0.9);
`,
    en: `function momentumStep(w: number[], g: number[], v: number[], lr: number, beta: number) {
  // Complete it: new v = beta · v + g; new w = w − lr · new v.
  return { w, v };
}

momentumStep([4, 1], [4, 25], [0, 0], 0.03, 0.9);
`,
  },
  defines: ['momentumStep'],
  checks: [
    {
      id: 'plain',
      title: { es: 'Sin inercia (beta = 0) es SGD', en: 'Without inertia (beta = 0) it is SGD' },
      why: {
        es: 'Con beta 0 la velocidad es el gradiente, y el peso baja lr veces eso. Revisa el signo y la tasa.',
        en: 'With beta 0 the velocity is the gradient, and the weight goes down by lr times that. Look at the sign and the rate.',
      },
      run({ momentumStep }, { close }) {
        close(momentumStep([4, 1], [4, 25], [7, 7], 0.1, 0).w, [3.6, -1.5]);
      },
    },
    {
      id: 'several',
      title: {
        es: 'Va por donde va PyTorch, paso tras paso',
        en: 'It goes where PyTorch goes, step after step',
      },
      why: {
        es: 'El peso se mueve con la velocidad nueva, no con la vieja, y la velocidad conserva beta veces la anterior.',
        en: 'The weight moves by the new velocity, not the old one, and the velocity keeps beta times the one before.',
      },
      async run({ momentumStep }, { fc, agree }) {
        const number = fc.integer({ min: -20, max: 20 }).map((n) => n / 10);
        await agree(
          [fc.array(number, { minLength: 1, maxLength: 3 }), fc.constantFrom(0.5, 0.8, 0.9)],
          (start, beta) => {
            let state = { w: [...start], v: start.map(() => 0) };
            for (let step = 0; step < 4; step++)
              state = momentumStep(
                state.w,
                state.w.map((one) => 3 * one),
                state.v,
                0.1,
                beta,
              );
            return state.w;
          },
          (start, beta) => {
            let state = { w: [...start], v: start.map(() => 0) };
            for (let step = 0; step < 4; step++)
              state = right(
                state.w,
                state.w.map((one) => 3 * one),
                state.v,
                0.1,
                beta,
              );
            return state.w;
          },
          { names: ['w', 'beta'] },
        );
      },
    },
    {
      id: 'untouched',
      title: {
        es: 'No cambia las listas que recibe',
        en: 'It leaves the lists that it is given as they are',
      },
      why: {
        es: 'Escribiste dentro de w o de v. Haz listas nuevas, por ejemplo con map.',
        en: 'You wrote into w or v. Make new lists, with map for one.',
      },
      run({ momentumStep }, { equal }) {
        const [w, v] = [
          [1, 2],
          [3, 4],
        ];
        momentumStep(w, [1, 1], v, 0.1, 0.9);
        equal(
          [w, v],
          [
            [1, 2],
            [3, 4],
          ],
        );
      },
    },
  ],
  hints: {
    es: [
      'Calcula primero la velocidad: v.map((old, i) => beta * old + g[i]).',
      'Después el peso, con esa lista: w.map((old, i) => old - lr * velocity[i]).',
    ],
    en: [
      'Compute the velocity first: v.map((old, i) => beta * old + g[i]).',
      'Then the weight, with that list: w.map((old, i) => old - lr * velocity[i]).',
    ],
  },
  solution: `function momentumStep(w: number[], g: number[], v: number[], lr: number, beta: number) {
  const velocity = v.map((old, i) => beta * old + g[i]);
  return { w: w.map((old, i) => old - lr * velocity[i]), v: velocity };
}
`,
  wrong: [
    {
      // By the old velocity.
      code: `function momentumStep(w: number[], g: number[], v: number[], lr: number, beta: number) {
  return { w: w.map((old, i) => old - lr * v[i]), v: v.map((old, i) => beta * old + g[i]) };
}
`,
      fails: ['plain', 'several'],
    },
    {
      // In place.
      code: `function momentumStep(w: number[], g: number[], v: number[], lr: number, beta: number) {
  for (let i = 0; i < w.length; i++) { v[i] = beta * v[i] + g[i]; w[i] -= lr * v[i]; }
  return { w, v };
}
`,
      fails: ['untouched'],
    },
    {
      // An average, as Adam keeps it, rather than a sum.
      code: `function momentumStep(w: number[], g: number[], v: number[], lr: number, beta: number) {
  const velocity = v.map((old, i) => beta * old + (1 - beta) * g[i]);
  return { w: w.map((old, i) => old - lr * velocity[i]), v: velocity };
}
`,
      fails: ['several'],
    },
  ],
});
