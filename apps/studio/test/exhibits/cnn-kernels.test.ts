import { describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/cnn-kernels/compute.ts';
import { dab, readDrawing, windowAt, writeDrawing } from '../../src/exhibits/cnn-kernels/drawing.ts';
import { FIRST, handMade, SIDE } from '../../src/exhibits/cnn-kernels/size.ts';
import { drawDigit, randomNumbers } from '../../src/exhibits/support/digits.ts';

const none = new Array<null>(FIRST).fill(null);

describe('cnn-kernels: what is drawn', () => {
  it('goes through a link and comes back, and what is no drawing is refused', () => {
    const pixels = drawDigit(5, randomNumbers(3), { size: SIDE });
    const back = readDrawing(writeDrawing(pixels)) as Float32Array;
    expect(Math.max(...back.map((ink, i) => Math.abs(ink - (pixels[i] ?? 0))))).toBeLessThan(0.04);
    for (const text of ['', 'zzz', '.zz.', `${writeDrawing(pixels)}f`, '<script>'])
      expect(readDrawing(text)).toBeNull();
  });

  it('a pen leaves ink where it is, and rubs it out again', () => {
    const pixels = new Float32Array(SIDE * SIDE);
    dab(pixels, 5.5, 7.5, 1);
    expect(pixels[7 * SIDE + 5]).toBe(1);
    expect(pixels[7 * SIDE + 9]).toBe(0);
    dab(pixels, 5.5, 7.5, 0);
    expect(pixels[7 * SIDE + 5]).toBe(0);
  });
});

describe('cnn-kernels: the network', () => {
  it('each pixel of a map is its window times the filter, plus the bias', async () => {
    compute.open(4);
    const pixels = drawDigit(8, randomNumbers(2), { size: SIDE });
    compute.fix(none.map((_, i) => (i === 2 ? [...handMade.vertical] : null)));
    const look = await compute.look(pixels);
    expect(look.kernels[2]).toEqual([...handMade.vertical]);
    for (const [row, column] of [
      [0, 0],
      [6, 9],
      [19, 19],
    ] as const)
      for (const kernel of [0, 2]) {
        const sum = windowAt(pixels, row, column).reduce(
          (total, ink, i) => total + ink * (look.kernels[kernel]?.[i] ?? 0),
          look.biases[kernel] ?? 0,
        );
        expect(look.first[kernel]?.[row * SIDE + column]).toBeCloseTo(sum, 4);
      }
    expect(look.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    compute.close();
  });

  it('a pixel of a map has four faces: its products, and the gradient of the doubt, checked', async () => {
    compute.open(4);
    const pixels = drawDigit(3, randomNumbers(2), { size: SIDE });
    const look = await compute.look(pixels);
    const faces = await compute.faces(pixels, 1, 9, 11);
    expect(faces.value).toBeCloseTo(look.first[1]?.[9 * SIDE + 11] ?? Number.NaN, 4);
    expect(faces.formula.numbers).toMatch(/\\cdot/);
    expect(faces.gradient).not.toBeNull();
    expect(faces.checks.length).toBeGreaterThan(1);
    expect(faces.checks.filter(({ passed }) => !passed)).toEqual([]);
    compute.close();
  });

  it('learns to read digits, and leaves the filter of the learner alone', async () => {
    compute.open(1);
    const before = (await compute.look(new Float32Array(SIDE * SIDE))).kernels[5];
    compute.fix(none.map((_, i) => (i === 5 ? [...handMade.blur] : null)));
    const told: compute.Progress[] = [];
    await compute.train(80, (progress) => told.push(progress));
    expect(told.at(-1)?.step).toBe(80);
    expect(await compute.accuracy()).toBeGreaterThan(0.5);
    const blank = new Float32Array(SIDE * SIDE);
    const kernel = (await compute.look(blank)).kernels[5] ?? [];
    for (const [i, weight] of handMade.blur.entries()) expect(kernel[i]).toBeCloseTo(weight, 6);
    compute.fix(none);
    expect((await compute.look(blank)).kernels[5]).toEqual(before);
    compute.close();
  });
});
