import { defineExercise } from '../../../../src/grading/exercise.ts';

type Gradient = (place: number[]) => number[];

const code = (body: string) => `type Gradient = (place: number[]) => number[];

function descend(gradient: Gradient, start: number[], lr: number, steps: number): number[] {
${body}
}

console.log(descend(([x, y]) => [2 * x, 6 * y], [2, 1], 0.1, 20));
`;
const right = `  let place = [...start];
  for (let step = 0; step < steps; step++) {
    const slopes = gradient(place);
    place = place.map((value, i) => value - lr * slopes[i]);
  }
  return place;`;
const start = (comment: string) =>
  code(`  let place = [...start];
  for (let step = 0; step < steps; step++) {
    const slopes = gradient(place);
    // ${comment}
  }
  return place;`);

export const exercise = defineExercise({
  start: { es: start('aquí va el paso'), en: start('the step goes here') },
  defines: ['descend'],
  checks: [
    {
      id: 'one',
      title: {
        es: 'Un paso resta la tasa por el gradiente',
        en: 'One step subtracts the rate times the gradient',
      },
      why: {
        es: 'Cada coordenada se mueve en contra de su pendiente: valor − lr · pendiente.',
        en: 'Each coordinate moves against its slope: value − lr · slope.',
      },
      async run({ descend }, { fc, agree }) {
        const number = fc.integer({ min: -5, max: 5 });
        await agree(
          [fc.tuple(number, number).map((pair) => pair as number[]), fc.constantFrom(0.1, 0.5, 1)],
          (place, lr) => descend(([x = 0, y = 0]: number[]) => [2 * x, y + 3], place, lr, 1),
          ([x = 0, y = 0], lr) => [x - lr * 2 * x, y - lr * (y + 3)],
          { names: ['start', 'lr'], atol: 1e-9 },
        );
      },
    },
    {
      id: 'arrives',
      title: {
        es: 'Llega al fondo del tazón, con cualquier número de direcciones',
        en: 'It reaches the bottom of the bowl, in any number of directions',
      },
      why: {
        es: 'Después de cada paso hay que volver a preguntar el gradiente, en el lugar nuevo.',
        en: 'After each step the gradient has to be asked for again, at the new place.',
      },
      run({ descend }, { close }) {
        const bowl: Gradient = (place) => place.map((value, i) => 2 * (value - i));
        close(descend(bowl, [5, 5, 5, 5], 0.2, 80), [0, 1, 2, 3], { atol: 1e-6 });
        close(descend(bowl, [-1], 0.2, 80), [0], { atol: 1e-6 });
      },
    },
    {
      id: 'untouched',
      title: {
        es: 'No toca la lista de salida, y con 0 pasos se queda ahí',
        en: 'It leaves the given list alone, and stays there with 0 steps',
      },
      why: {
        es: 'Si escribes en start, cambias la lista de quien te llama. Trabaja sobre una copia.',
        en: 'If you write into start, you change the list of whoever calls you. Work on a copy.',
      },
      run({ descend }, { equal }) {
        const start = [2, 1];
        descend(([x = 0, y = 0]: number[]) => [x, y], start, 0.5, 3);
        equal(start, [2, 1]);
        equal(
          descend((place: number[]) => place, [4, 7], 0.5, 0),
          [4, 7],
        );
      },
    },
  ],
  hints: {
    es: [
      'place.map((value, i) => …) hace una lista nueva.',
      'place = place.map((value, i) => value - lr * slopes[i]);',
    ],
    en: [
      'place.map((value, i) => …) makes a new list.',
      'place = place.map((value, i) => value - lr * slopes[i]);',
    ],
  },
  solution: code(right),
  wrong: [
    // Uphill.
    { code: code(right.replace('value - lr', 'value + lr')), fails: ['one', 'arrives'] },
    // Always the slope of where it began.
    { code: code(right.replace('gradient(place)', 'gradient(start)')), fails: ['arrives'] },
    // In the list of whoever calls.
    {
      code: code(`  for (let step = 0; step < steps; step++) {
    const slopes = gradient(start);
    for (let i = 0; i < start.length; i++) start[i] -= lr * slopes[i];
  }
  return start;`),
      fails: ['untouched'],
    },
  ],
});
