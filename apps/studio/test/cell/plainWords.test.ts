import { afterEach, expect, test } from 'vitest';
import { runSource } from '../../src/cell/core/run.ts';
import { inPlainWords, misfitOf } from '../../src/cell/plainWords.ts';
import { collectGarbage } from '../support/collect.ts';

afterEach(collectGarbage);

/** What real code that fails is told. */
const failing: readonly (readonly [string, RegExp])[] = [
  [
    "import { tensor } from 'lumbre';\ntensor([[1, 2], [3, 4], [5, 6]]).add(tensor([1, 2, 3, 4]));",
    /\[3, 2\] y \[4\] no encajan/,
  ],
  [
    "import { zeros } from 'lumbre';\nzeros([3, 2]).matmul(zeros([3, 2]));",
    /multiplicar \[3, 2\] por \[3, 2\]/,
  ],
  ['lluvia + 1', /Nada se llama «lluvia»/],
  ['const a = b;\nconst b = 1;', /antes de la línea que lo define/],
  ['const a = 3;\na();', /«a» no es una función/],
  ['const a: any = {};\na.b.c', /Buscas «c» en algo que no existe/],
  ['const a: any = null;\na.b', /Buscas «b» en null/],
  ["import { x } from 'numpy';\nx();", /No hay un módulo «numpy»/],
  ['Promise.resolve(3)', /escribe await/],
  ['const f = (): number => f();\nf();', /se llama a sí misma sin fin/],
  ['for (const x of 3 as any) console.log(x);', /no se puede recorrer/],
  ['JSON.parse("{a")', /JSON/],
  ['new Array(-1)', /Una lista no puede medir eso/],
  ['const a = [1, 2;', /falta|sobra|no se esperaba/],
  ["const a = 'hola;", /quedó abierto/],
  [
    "import { zeros } from 'lumbre';\nzeros([2, 3]).reshape([4, 2]);",
    /\[2, 3\] tiene 6 números, y en \[4, 2\]/,
  ],
  ["import { zeros } from 'lumbre';\nzeros([2, 3]).sum(4);", /tiene 2 dimensiones.*la 4 no existe/],
  ["import { tensor } from 'lumbre';\ntensor([[1, 2], [3]]);", /Las filas no miden todas lo mismo/],
  [
    "import { zeros } from 'lumbre';\nimport { Linear } from 'lumbre/nn';\nnew Linear(3, 2).forward(zeros([4, 5]));",
    /espera 3 números por ejemplo, y recibe algo de forma \[4, 5\]/,
  ],
  [
    "import { zeros } from 'lumbre';\nimport { mseLoss } from 'lumbre/nn';\nmseLoss(zeros([3]), zeros([4]));",
    /\[3\] y \[4\] deben tener la misma forma/,
  ],
  [
    "import { zeros } from 'lumbre';\nimport { crossEntropy } from 'lumbre/nn';\ncrossEntropy(zeros([3, 4]), zeros([5]).int());",
    /\[3, 4\] y las respuestas, \[5\]/,
  ],
  ["import { grad, tensor } from 'lumbre';\ngrad((x) => x.mul(2))(tensor([1, 2]));", /un solo número/],
];

test.each(failing)('%j', async (source, words) => {
  const { failure } = await runSource(source, { emit() {} });
  expect(failure).not.toBeNull();
  expect(inPlainWords(failure?.message ?? '', 'es')).toMatch(words);
  expect(inPlainWords(failure?.message ?? '', 'en')).not.toBeNull();
});

test('what nobody knows better is left as it is', () => {
  expect(inPlainWords('Error: the oven is cold', 'es')).toBeNull();
});

test('two shapes that do not fit can be drawn, with the places where they clash', async () => {
  const said = async (code: string) =>
    misfitOf(
      (await runSource(`import { zeros } from 'lumbre';\n${code}`, { emit() {} })).failure?.message ?? '',
    );
  expect(await said('zeros([2, 3, 4]).add(zeros([3, 1, 5]))')).toEqual({
    ...{ op: 'broadcast', a: [2, 3, 4], b: [3, 1, 5] },
    clash: { a: [0, 2], b: [0, 2] },
  });
  expect(await said('zeros([3, 2]).matmul(zeros([3, 2]))')).toMatchObject({
    op: 'matmul',
    clash: { a: [0], b: [1] },
  });
  // Other failures name shapes as well, which are not held against each other.
  expect(await said('zeros([6]).reshape([4])')).toBeNull();
  expect(misfitOf('Error: no')).toBeNull();
});
