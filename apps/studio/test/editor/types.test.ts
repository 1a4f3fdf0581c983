import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectTypes } from '../../build/types.ts';
import { createTypeService, type TypeService } from '../../src/editor/typescript/service.ts';

const studio = fileURLToPath(new URL('../..', import.meta.url));
let declarations: string;
let service: TypeService;

/** The declarations of the sources as they are now: what was built last may be older, or not be there. */
beforeAll(async () => {
  declarations = await mkdtemp(join(tmpdir(), 'declarations-'));
  const options = ['--emitDeclarationOnly', '--declarationMap', 'false', '--incremental', 'false'];
  await promisify(execFile)('npx', ['tsc', '-p', 'packages/lumbre', ...options, '--outDir', declarations], {
    cwd: join(studio, '../..'),
  });
  service = createTypeService(collectTypes(studio, declarations), 'es');
}, 180_000);

afterAll(() => rm(declarations, { recursive: true }));

const cell = (code: string) => {
  service.update('1-foundations/arrays/first', code);
  return '1-foundations/arrays/first';
};

describe('types in the editor', () => {
  it('finds nothing wrong with code that is right, top-level await and all', () => {
    const file = cell(`
import { tensor } from 'lumbre';
import { Linear } from 'lumbre/nn';
import { Adam } from 'lumbre/optim';
import { table } from 'arquero';
const a = tensor([[1, 2], [3, 4]]);
const rows = await a.matmul(a).array();
const layer = new Linear(2, 3);
function twice(x) { return 2 * x; }
console.log(rows, layer, Adam, table({ a: [1] }), twice(3));
`);
    expect(service.problems(file)).toEqual([]);
  });

  it('says what is wrong, in Spanish, at the place where it is', () => {
    const code = "import { tensor } from 'lumbre';\nconst a = tensor([1]);\na.matmull(a);\n";
    const [problem, ...others] = service.problems(cell(code));
    expect(others).toEqual([]);
    expect(code.slice(problem?.from, problem?.to)).toBe('matmull');
    expect(problem?.severity).toBe('error');
    expect(problem?.message).toMatch(/matmull.*Tensor|propiedad/);
    expect(problem?.message).toMatch(/matmul\b/);
  });

  it('knows no page and no network', () => {
    const found = service.problems(cell('console.log(document, fetch);'));
    expect(found.map(({ message }) => message).join()).toMatch(/document.*fetch/s);
  });

  it('offers what a tensor can do, with its documentation', () => {
    const code = "import { tensor } from 'lumbre';\nconst a = tensor([1]);\na.mat";
    const file = cell(code);
    const found = service.suggestions(file, code.length);
    expect(found?.from).toBe(code.length - 3);
    const labels = found?.list.map(({ label }) => label);
    expect(labels).toContain('matmul');
    expect(labels).toContain('softmax');
    const matmul = service.describe(file, code.length, 'matmul');
    expect(matmul?.declaration).toContain('matmul(');
    expect(matmul?.documentation).not.toBe('');
  });

  it('knows the functions that show something, and what they say of themselves', () => {
    const code = `import { bars, show } from 'studio';
import { tensor } from 'lumbre';
show(tensor([1, 2]), 'two numbers');
bars(['a', 'b'], [1, 2], { title: 'Bars' });
bars(3);
`;
    const file = cell(code);
    expect(service.problems(file)).toHaveLength(1);
    const hover = service.hover(file, code.indexOf('show(tensor'));
    expect(hover?.declaration).toBe('show(value: unknown, title?: string): void');
    expect(hover?.documentation).toContain('below the cell');
    expect(service.hover(file, code.lastIndexOf('bars('))?.declaration).toContain(
      'labels: readonly string[]',
    );
  });

  it('tells the type of a name under the pointer', () => {
    const code = "import { tensor } from 'lumbre';\nconst a = tensor([1]);";
    expect(service.hover(cell(code), code.indexOf('a =')))?.toMatchObject({
      declaration: 'const a: Tensor',
    });
  });

  it('keeps cells apart', () => {
    service.update('one', 'const shared = 1;');
    service.update('two', 'const shared = 2;\nconsole.log(shared, other);');
    expect(service.problems('one')).toEqual([]);
    expect(service.problems('two')).toHaveLength(1);
    service.remove('one');
    expect(service.problems('one')).toEqual([]);
  });
});
