import { expect, test } from 'vitest';
import { variablesOf } from '../../src/faces/variables.ts';

test.each([
  ['const a = 1;\nlet b: number = 2, c = a;', ['a', 'b', 'c']],
  ['const { x, y: [z, ...rest], w: v = 3 } = f();', ['x', 'z', 'rest', 'v']],
  ['const f = (inner: number) => { const hidden = 1; return hidden; };', ['f']],
  ['function g() { const hidden = 1; }\nfor (const i of []) { let j = 1; }\nif (a) { const k = 1; }', []],
  [
    'import { tensor } from "lumbre";\nconst model = class { own = 1 };\nexport const last = 2;',
    ['model', 'last'],
  ],
  ['const a = ', ['a']],
])('%j', (source, names) => {
  expect(variablesOf(source)).toEqual(names);
});
