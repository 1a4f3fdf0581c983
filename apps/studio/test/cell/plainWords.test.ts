import { expect, test } from 'vitest';
import { runSource } from '../../src/cell/core/run.ts';
import { inPlainWords } from '../../src/cell/plainWords.ts';

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
