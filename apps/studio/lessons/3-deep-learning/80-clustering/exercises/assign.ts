import { defineExercise } from '../../../../src/grading/exercise.ts';

function right(points: readonly (readonly number[])[], centroids: readonly (readonly number[])[]): number[] {
  return points.map((point) => {
    const squared = centroids.map((centroid) =>
      point.reduce((sum, x, i) => sum + (x - (centroid[i] as number)) ** 2, 0),
    );
    return squared.indexOf(Math.min(...squared));
  });
}

export const exercise = defineExercise({
  start: {
    es: `function assign(points: number[][], centroids: number[][]): number[] {
  // Completa: para cada punto, el lugar del centroide más cercano.
  return points.map((point) => 0);
}

assign([[0, 0], [5, 5], [1, 0]], [[0, 1], [4, 4]]);
`,
    en: `function assign(points: number[][], centroids: number[][]): number[] {
  // Complete it: for each point, the place of the nearest centroid.
  return points.map((point) => 0);
}

assign([[0, 0], [5, 5], [1, 0]], [[0, 1], [4, 4]]);
`,
  },
  defines: ['assign'],
  checks: [
    {
      id: 'diagonal',
      title: { es: 'Mide la distancia en línea recta', en: 'It measures distance as the crow flies' },
      why: {
        es: 'Sumar las diferencias sin elevarlas al cuadrado mide otra cosa: calles, o signos que se anulan.',
        en: 'To add up differences without squaring them measures something else: blocks, or signs that cancel out.',
      },
      run({ assign }, { equal }) {
        // (3, 3) is 4.2 away as the crow flies, and 6 by the blocks; (0, 5) is 5 away either way.
        equal(
          assign(
            [[0, 0]],
            [
              [0, 5],
              [3, 3],
            ],
          ),
          [1],
        );
        equal(
          assign(
            [[0, 0]],
            [
              [-9, 9],
              [1, 1],
            ],
          ),
          [1],
        );
      },
    },
    {
      id: 'value',
      title: {
        es: 'Acierta con puntos y centroides al azar',
        en: 'It is right for random points and centroids',
      },
      why: {
        es: 'Revisa que recorres todos los centroides y todas las coordenadas, y que en un empate queda el primero.',
        en: 'See that you walk all centroids and all coordinates, and that of equal distances the first stays.',
      },
      async run({ assign }, { fc, agree }) {
        const cases = fc.integer({ min: 1, max: 3 }).chain((size) => {
          const place = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: size, maxLength: size });
          return fc.tuple(
            fc.array(place, { minLength: 1, maxLength: 5 }),
            fc.array(place, { minLength: 1, maxLength: 4 }),
          );
        });
        await agree(
          [cases],
          ([points, centroids]) =>
            assign(
              points.map((p) => [...p]),
              centroids.map((c) => [...c]),
            ),
          ([points, centroids]) => right(points, centroids),
          { names: ['points, centroids'] },
        );
      },
    },
  ],
  hints: {
    es: [
      'Guarda la mejor distancia y el lugar donde la viste; empieza con Infinity.',
      'La distancia al cuadrado basta: suma de (point[i] - centroid[i]) ** 2.',
      'Cambia la mejor solo si la nueva es estrictamente menor.',
    ],
    en: [
      'Keep the best distance and the place where you saw it; begin with Infinity.',
      'The squared distance will do: the sum of (point[i] - centroid[i]) ** 2.',
      'Change the best only when the new one is strictly less.',
    ],
  },
  solution: `function assign(points: number[][], centroids: number[][]): number[] {
  return points.map((point) => {
    let best = 0;
    let least = Infinity;
    centroids.forEach((centroid, j) => {
      let squared = 0;
      for (let i = 0; i < point.length; i++) squared += (point[i] - centroid[i]) ** 2;
      if (squared < least) {
        least = squared;
        best = j;
      }
    });
    return best;
  });
}
`,
  wrong: [
    {
      // By the blocks.
      code: `function assign(points: number[][], centroids: number[][]) {
  return points.map((point) => {
    const far = centroids.map((c) => point.reduce((sum, x, i) => sum + Math.abs(x - c[i]), 0));
    return far.indexOf(Math.min(...far));
  });
}
`,
      fails: ['diagonal', 'value'],
    },
    {
      // Of equal distances, the last.
      code: `function assign(points: number[][], centroids: number[][]) {
  return points.map((point) => {
    const far = centroids.map((c) => point.reduce((sum, x, i) => sum + (x - c[i]) ** 2, 0));
    return far.lastIndexOf(Math.min(...far));
  });
}
`,
      fails: ['value'],
    },
  ],
});
