import { afterEach, expect, test } from 'vitest';
import { recordedRun, shownFaces, variableFaces } from '../../src/cell/workerFaces.ts';
import { forgetValues } from '../../src/faces/record.ts';

afterEach(forgetValues);

const source = `import { tensor } from 'lumbre';
import { show } from 'studio';

const x = tensor([1, 2, 3]);
const weights = tensor([0.5, -1, 2], { requiresGrad: true });
const error = x.dot(weights).sub(4);
const loss = error.square();
loss.backward();
show(weights);
show(error, 'how far off');`;

test('what a cell shows is called as its variables are, in its formula too', async () => {
  const result = await recordedRun(source, { emit() {} });
  expect(result.failure).toBeNull();
  const faces = await shownFaces(source, result, 1, 0);
  expect(faces.name).toBe('error');
  expect(faces.formula.tex).toBe('\\text{error} = a - 4');
  expect(faces.code?.source.split('\n')[(faces.code.line ?? 0) - 1]).toContain('const error');
  const weight = await shownFaces(source, result, 0, 1);
  expect(weight.name).toBe('weights[1]');
  expect(weight.gradient).toMatchObject({ of: 'loss', value: 2 });
  expect(weight.checks).toMatchObject([{ by: 'difference', passed: true }]);
});

test('so does a number in the text', async () => {
  const faces = await variableFaces(source, 'loss', []);
  expect(faces).toMatchObject({ value: 0.25, formula: { numbers: '0.5^2 = 0.25' } });
});
