import { describe, expect, test } from 'vitest';
import { runSource } from '../../src/cell/core/run.ts';
import { Strays } from '../../src/cell/core/strays.ts';
import { type Output, output } from '../../src/cell/output.ts';

async function run(source: string, captures: string[] = []) {
  const outputs: Output[] = [];
  const result = await runSource(source, { emit: (one) => outputs.push(output.parse(one)), captures });
  return { ...result, outputs, texts: outputs.map((one) => ('text' in one ? one.text : one.kind)) };
}

describe('what a cell says', () => {
  test('console.log, with values as people read them', async () => {
    const { texts } = await run(
      `console.log('a', 1, [1, 2], { b: 'c', d: [true, null] }, new Map([['x', 1]]), new Set([1]), -0);`,
    );
    expect(texts).toEqual(["a 1 [1, 2] { b: 'c', d: [true, null] } Map(1) {'x' => 1} Set(1) {1} -0"]);
  });

  test('long lists in lines, and rings without end', async () => {
    const { texts } = await run(`const a = { name: 'a' }; a.self = a; console.log(a);
console.log(Array.from({ length: 200 }, (_, i) => i));`);
    expect(texts[0]).toBe("{ name: 'a', self: [circular] }");
    expect(texts[1]).toContain('… 100 more');
  });

  test('the value of the last expression, types and await or not', async () => {
    expect((await run('const a: number = 2;\na + 1')).texts).toEqual(['3']);
    expect((await run('await Promise.resolve("hola"); // al final')).texts).toEqual(["'hola'"]);
    expect((await run('let a = 1;\na = 2;')).texts).toEqual([]);
    expect((await run('const f = (x: number): number => x;\nf;')).texts).toEqual(['[function f]']);
    expect((await run('[1, 2].forEach((x) => x)')).texts).toEqual([]);
  });

  test('tensors, tables, plots, pictures and sounds', async () => {
    const { outputs, failure, shown } = await run(`
import { tensor, arange } from 'lumbre';
import { Table } from 'lumbre/data/table';
import { show, plot, bars, image, audio, table } from 'studio';
show(tensor([[1, 2], [3, 4]]), 'm');
plot([1, 4, 9]);
plot([{ y: arange(3), name: 'a' }, { x: [1, 2], y: [3, 4], mark: 'points' }], { title: 't' });
bars(['a', 'b'], [1, 2]);
image(tensor([[0, 1], [0.5, 0.25]]));
audio([0, 1, -1], { sampleRate: 8000 });
table([{ city: 'Lima', rain: 6 }, { city: 'Quito', rain: null }]);
tensor([1, 2])`);
    expect(failure).toBeNull();
    expect(outputs.map(({ kind }) => kind)).toEqual([
      ...['tensor', 'plot', 'plot', 'plot', 'image', 'audio', 'table', 'tensor'],
    ]);
    expect(outputs[0]).toMatchObject({ id: 0, title: 'm', shape: [2, 2], values: [1, 2, 3, 4], cut: false });
    expect(outputs[3]).toMatchObject({ series: [{ mark: 'bars', x: ['a', 'b'], y: [1, 2] }] });
    expect(Array.from((outputs[4] as { pixels: Uint8ClampedArray }).pixels.slice(0, 8))).toEqual([
      ...[0, 0, 0, 255, 255, 255, 255, 255],
    ]);
    expect(outputs[6]).toMatchObject({
      columns: ['city', 'rain'],
      rows: [
        ['Lima', 6],
        ['Quito', null],
      ],
      total: 2,
    });
    expect([...shown.keys()]).toEqual([0, 1]);
  });

  test('how a tensor will be computed', async () => {
    const { outputs } = await run(
      `import { tensor } from 'lumbre';\nimport { explain } from 'studio';\nexplain(tensor([1, 2]).exp().sum());`,
    );
    expect(outputs[0]).toMatchObject({ kind: 'explanation' });
    const { nodes, kernels } = outputs[0] as {
      nodes: { op: string; sources: number[] }[];
      kernels: unknown[];
    };
    expect(nodes.map(({ op }) => op)).toContain('exp');
    expect(nodes.every(({ sources }, id) => sources.every((source) => source < id))).toBe(true);
    expect(kernels.length).toBeGreaterThan(0);
  });

  test('large tensors are cut, and too many outputs are', async () => {
    const { outputs } = await run(`import { zeros } from 'lumbre';\nzeros([100, 100])`);
    expect(outputs[0]).toMatchObject({ shape: [100, 100], cut: true });
    const flood = await run('for (let i = 0; i < 1000; i++) console.log(i);');
    expect(flood.texts).toHaveLength(201);
    expect(flood.texts.at(-1)).toBe('…');
  });
});

describe('nothing is lost on its way to the page', () => {
  test('long titles are cut, and infinite numbers stay', async () => {
    const { outputs, failure } = await run(`
import { plot, show, table } from 'studio';
import { tensor } from 'lumbre';
const long = 'x'.repeat(500);
plot({ y: [1, NaN], name: long }, { title: long, xLabel: long });
table([{ [long]: Infinity, b: long }], long);
show(tensor([1 / 0]), long);`);
    expect(failure).toBeNull();
    expect(outputs.map(({ kind }) => kind)).toEqual(['plot', 'table', 'tensor']);
    expect(outputs[0]).toMatchObject({ title: `${'x'.repeat(199)}…`, xLabel: `${'x'.repeat(99)}…` });
    expect(outputs[1]).toMatchObject({ rows: [[Number.POSITIVE_INFINITY, `${'x'.repeat(399)}…`]] });
  });

  test('pictures stop where they would fill the page', async () => {
    const { outputs } = await run(`
import { zeros } from 'lumbre';
import { image } from 'studio';
const black = zeros([1024, 1024]);
for (let i = 0; i < 60; i++) image(black);`);
    // 4 MB each, 96 MB in all.
    expect(outputs).toHaveLength(25);
    expect(outputs.at(-1)).toMatchObject({ kind: 'text', text: '…' });
  });
});

describe('errors that nobody catches', () => {
  const scope = new EventTarget();
  const strays = new Strays(scope);
  const tell = (type: string, error: unknown) => {
    const field = type === 'error' ? 'error' : 'reason';
    const event = Object.assign(new Event(type, { cancelable: true }), { [field]: error });
    scope.dispatchEvent(event);
    return event;
  };

  test('are the failure of the run that they come from', async () => {
    const { failure } = await runSource(
      "import { tell } from 'scope';\n\ntell('unhandledrejection', new Error('nobody waits'));",
      { emit() {}, strays, modules: { scope: { tell } } },
    );
    expect(failure).toMatchObject({ kind: 'thrown', line: 3, message: 'Error: nobody waits' });
  });

  test('are not those of the next, and end nothing', async () => {
    const left = await runSource('export const error = new Error("late");', {
      emit() {},
      captures: ['error'],
    });
    const next = runSource('await new Promise((done) => setTimeout(done, 20));', { emit() {}, strays });
    const event = tell('error', left.captured.error);
    expect(event.defaultPrevented).toBe(true);
    expect((await next).failure).toBeNull();
  });
});

describe('what a cell leaves behind', () => {
  test('the variables that are asked for, whatever they are', async () => {
    const { captured } = await run('const a = 1;\nfunction f() { return 2; }\nclass C {}', [
      'a',
      'f',
      'C',
      'nowhere',
    ]);
    expect(captured.a).toBe(1);
    expect((captured.f as () => number)()).toBe(2);
    expect(captured.C).toBeTypeOf('function');
    expect(captured.nowhere).toBeUndefined();
  });
});

describe('what goes wrong is told with its line', () => {
  test.each([
    ['const a = 1;\n\nthrow new Error("no");', 'thrown', 3, 'Error: no'],
    ['const a = 1;\nawait Promise.reject(new TypeError("later"));', 'thrown', 2, 'TypeError: later'],
    ['function f() {\n  return nothing;\n}\nf();', 'thrown', 2, 'ReferenceError: nothing is not defined'],
    [
      "import { tensor } from 'lumbre';\nconst a = tensor([[1, 2], [3, 4], [5, 6]]);\na.add(tensor([1, 2, 3, 4]));",
      ...(['thrown', 3, /\[3, 2\].*\[4\]/] as const),
    ],
    ['const a = ;\n', 'syntax', 1, /SyntaxError/],
    ['const a = 1;\nif (a {\n}', 'syntax', 2, /SyntaxError/],
    ["import { x } from 'fs';\nx();", 'thrown', 1, /There is no module 'fs' here/],
    ['throw "a word";', 'thrown', null, 'Error: a word'],
    ['new Array(-1);', 'thrown', 1, /Invalid array length/],
    ["'a'.repeat(2 ** 29).padEnd(2 ** 30);", 'memory', 1, /Invalid string length/],
    [
      "import { plot } from 'studio';\nplot({ x: [0, NaN], y: [1, 2] });",
      ...(['thrown', 2, /x\[1\] is NaN/] as const),
    ],
    ["import { audio } from 'studio';\naudio([0], {} as any);", 'thrown', 2, /sampleRate is undefined/],
    ['Promise.resolve(1)', 'thrown', 1, /write await/],
  ])('%j', async (source, kind, line, message) => {
    const { failure } = await run(source);
    expect(failure).toMatchObject({ kind, line });
    expect(failure?.message).toMatch(message);
  });

  test('what was shown before it stays', async () => {
    expect((await run('console.log(1);\nnothing;')).texts).toEqual(['1']);
  });
});
