import { defineExercise } from '../../../../src/grading/exercise.ts';

const lengthOf = (values: readonly number[]): number => Math.hypot(...values);

export const exercise = defineExercise({
  start: {
    es: `function clip(gradient: number[], most: number): number[] {
  // ¿cuánto mide? ¿pasa de most?
  return gradient;
}

console.log(clip([3, 4], 1)); // [0.6, 0.8]
`,
    en: `function clip(gradient: number[], most: number): number[] {
  // how long is it? is that above most?
  return gradient;
}

console.log(clip([3, 4], 1)); // [0.6, 0.8]
`,
  },
  defines: ['clip'],
  checks: [
    {
      id: 'short',
      title: { es: 'Un gradiente corto queda como estaba', en: 'A short gradient stays as it was' },
      why: {
        es: 'Recortar es un freno, no una regla de medir: lo que ya cabe no se estira ni se encoge.',
        en: 'Clipping is a brake, not a yardstick: what fits already is neither stretched nor shrunk.',
      },
      async run({ clip }, { fc, property, close }) {
        await property(
          [fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 })],
          (gradient) => close(clip([...gradient], 3), gradient),
          { names: ['gradient'] },
        );
      },
    },
    {
      id: 'limit',
      title: {
        es: 'Un gradiente largo queda exactamente de largo most',
        en: 'A long gradient ends up exactly most long',
      },
      why: {
        es: 'El largo es la raíz de la suma de los cuadrados de todos. Después de recortar, tiene que medir most.',
        en: 'The length is the root of the sum of the squares of all of them. After clipping it has to be most.',
      },
      async run({ clip }, { fc, property, close }) {
        await property(
          [
            fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 2, maxLength: 5 }),
            fc.constantFrom(0.5, 1, 2),
          ],
          (gradient, most) => close(lengthOf(clip([...gradient], most)), most, { rtol: 1e-6 }),
          { names: ['gradient', 'most'] },
        );
      },
    },
    {
      id: 'direction',
      title: { es: 'Y apunta hacia donde apuntaba', en: 'And it points where it pointed' },
      why: {
        es: 'Todos los números se multiplican por el mismo factor. Si recortas cada uno por su lado, el gradiente gira.',
        en: 'All numbers are multiplied by the same factor. If you clip each one by itself, the gradient turns.',
      },
      async run({ clip }, { fc, property, close }) {
        await property(
          [fc.integer({ min: -9, max: 9 }), fc.integer({ min: 3, max: 9 })],
          (a, b) => {
            const [x = 0, y = 0] = clip([a, b], 1);
            close(x * b, y * a, { atol: 1e-6 });
            close(Math.sign(y), 1);
          },
          { names: ['a', 'b'] },
        );
      },
    },
  ],
  hints: {
    es: [
      'Empieza por el largo: Math.hypot(...gradient) lo calcula de una vez.',
      'Si el largo pasa de most, el factor es most / largo. ¿Y si no pasa?',
      'const factor = Math.min(1, most / length); return gradient.map((g) => g * factor);',
    ],
    en: [
      'Begin with the length: Math.hypot(...gradient) computes it at once.',
      'If the length is above most, the factor is most / length. And if it is not?',
      'const factor = Math.min(1, most / length); return gradient.map((g) => g * factor);',
    ],
  },
  solution: `function clip(gradient: number[], most: number): number[] {
  const length = Math.hypot(...gradient);
  if (length <= most) return [...gradient];
  return gradient.map((g) => (g * most) / length);
}
`,
  wrong: [
    {
      // Each number by itself: the gradient turns, and stays too long.
      code: `function clip(gradient: number[], most: number): number[] {
  return gradient.map((g) => Math.max(-most, Math.min(most, g)));
}
`,
      fails: ['limit', 'direction'],
    },
    {
      // Always stretched or shrunk to the limit.
      code: `function clip(gradient: number[], most: number): number[] {
  const length = Math.hypot(...gradient) || 1;
  return gradient.map((g) => (g * most) / length);
}
`,
      fails: ['short'],
    },
  ],
});
