import { defineExercise } from '../../../../src/grading/exercise.ts';

/** The map, window by window: what a right answer gives. */
function reference(
  image: readonly (readonly number[])[],
  kernel: readonly (readonly number[])[],
): number[][] {
  const side = kernel.length;
  return Array.from({ length: image.length - side + 1 }, (_, row) =>
    Array.from({ length: (image[0]?.length ?? 0) - side + 1 }, (_, column) => {
      let sum = 0;
      for (let u = 0; u < side; u++)
        for (let v = 0; v < side; v++) sum += (image[row + u]?.[column + v] ?? 0) * (kernel[u]?.[v] ?? 0);
      return sum;
    }),
  );
}

export const exercise = defineExercise({
  start: {
    es: `function convolve(image: number[][], kernel: number[][]): number[][] {
  const k = kernel.length;
  const map: number[][] = [];
  for (let row = 0; row + k <= image.length; row++) {
    const line: number[] = [];
    for (let column = 0; column + k <= image[0].length; column++) {
      line.push(image[row][column]); // aquí va la suma de los productos
    }
    map.push(line);
  }
  return map;
}

console.log(convolve([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]]));
`,
    en: `function convolve(image: number[][], kernel: number[][]): number[][] {
  const k = kernel.length;
  const map: number[][] = [];
  for (let row = 0; row + k <= image.length; row++) {
    const line: number[] = [];
    for (let column = 0; column + k <= image[0].length; column++) {
      line.push(image[row][column]); // the sum of the products goes here
    }
    map.push(line);
  }
  return map;
}

console.log(convolve([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]]));
`,
  },
  defines: ['convolve'],
  checks: [
    {
      id: 'shape',
      title: {
        es: 'El mapa mide (h − k + 1) × (w − k + 1)',
        en: 'The map measures (h − k + 1) × (w − k + 1)',
      },
      why: {
        es: 'El filtro se pone solo donde cabe entero. Cuenta cuántas ventanas caben en una fila de 5 con un filtro de 3.',
        en: 'The filter is put only where it fits entirely. Count how many windows fit into a row of 5 with a filter of 3.',
      },
      async run({ convolve }, { fc, property, equal }) {
        const size = fc.integer({ min: 3, max: 7 });
        await property(
          [size, size, fc.integer({ min: 1, max: 3 })],
          (h, w, k) => {
            const ones = (rows: number, columns: number) =>
              Array.from({ length: rows }, () => new Array<number>(columns).fill(1));
            const map = convolve(ones(h, w), ones(k, k));
            equal([map.length, map[0]?.length], [h - k + 1, w - k + 1]);
          },
          { names: ['h', 'w', 'k'] },
        );
      },
    },
    {
      id: 'sums',
      title: {
        es: 'Cada píxel es la suma de ventana por filtro',
        en: 'Each pixel is the sum of window times filter',
      },
      why: {
        es: 'Compara una sola ventana a mano: casilla [0][0] con [0][0], [0][1] con [0][1]… sin girar el filtro y sin olvidar ninguna.',
        en: 'Compare one window by hand: cell [0][0] with [0][0], [0][1] with [0][1]… without turning the filter and without leaving one out.',
      },
      async run({ convolve }, { fc, agree }) {
        const digit = fc.integer({ min: -3, max: 3 });
        const grid = (rows: number, columns: number) =>
          fc.array(fc.array(digit, { minLength: columns, maxLength: columns }), {
            minLength: rows,
            maxLength: rows,
          });
        await agree([grid(4, 5), grid(2, 2)], convolve, reference, { names: ['image', 'kernel'] });
        await agree([grid(5, 5), grid(3, 3)], convolve, reference, { names: ['image', 'kernel'] });
      },
    },
  ],
  hints: {
    es: [
      'Por cada lugar del mapa hacen falta otros dos bucles, que recorren el filtro.',
      'Con u y v dentro del filtro, el píxel que toca es image[row + u][column + v].',
      'let sum = 0; … sum += image[row + u][column + v] * kernel[u][v]; … line.push(sum);',
    ],
    en: [
      'For each place of the map you need two more loops, over the filter.',
      'With u and v inside the filter, the pixel that it touches is image[row + u][column + v].',
      'let sum = 0; … sum += image[row + u][column + v] * kernel[u][v]; … line.push(sum);',
    ],
  },
  solution: `function convolve(image: number[][], kernel: number[][]): number[][] {
  const k = kernel.length;
  const map: number[][] = [];
  for (let row = 0; row + k <= image.length; row++) {
    const line: number[] = [];
    for (let column = 0; column + k <= image[0].length; column++) {
      let sum = 0;
      for (let u = 0; u < k; u++) {
        for (let v = 0; v < k; v++) sum += image[row + u][column + v] * kernel[u][v];
      }
      line.push(sum);
    }
    map.push(line);
  }
  return map;
}
`,
  wrong: [
    {
      // The convolution of mathematics, which turns the kernel round: no deep learning library does.
      code: `function convolve(image: number[][], kernel: number[][]): number[][] {
  const k = kernel.length;
  const map: number[][] = [];
  for (let row = 0; row + k <= image.length; row++) {
    const line: number[] = [];
    for (let column = 0; column + k <= image[0].length; column++) {
      let sum = 0;
      for (let u = 0; u < k; u++)
        for (let v = 0; v < k; v++) sum += image[row + u][column + v] * kernel[k - 1 - u][k - 1 - v];
      line.push(sum);
    }
    map.push(line);
  }
  return map;
}
`,
      fails: ['sums'],
    },
    {
      // One window too few.
      code: `function convolve(image: number[][], kernel: number[][]): number[][] {
  const k = kernel.length;
  const map: number[][] = [];
  for (let row = 0; row + k < image.length; row++) {
    const line: number[] = [];
    for (let column = 0; column + k < image[0].length; column++) {
      let sum = 0;
      for (let u = 0; u < k; u++) for (let v = 0; v < k; v++) sum += image[row + u][column + v] * kernel[u][v];
      line.push(sum);
    }
    map.push(line);
  }
  return map;
}
`,
      fails: ['shape', 'sums'],
    },
  ],
});
