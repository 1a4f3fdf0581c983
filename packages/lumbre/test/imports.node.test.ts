import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/**
 * The rooms of `src`, each floor above the floors it may import from. Rooms of one floor do not import each
 * other, except along `sideways`.
 */
const floors: readonly (readonly string[])[] = [
  ['platform'],
  ['graph'],
  ['schedule'],
  ['codegen'],
  ['render'],
  ['runtime'],
  ['tensor'],
  // The package's front door, `src/index.ts`: what `import … from 'lumbre'` gives.
  ['index.ts'],
  ['nn', 'optim', 'distributions', 'data', 'text', 'metrics'],
  ['models', 'hub', 'train', 'node', 'tokenizers'],
  ['transformers'],
  ['recipes'],
  ['serve'],
  ['cli'],
];

/** Among the rooms of one floor, the imports that are allowed: from → to. */
const sideways: Readonly<Record<string, readonly string[]>> = {
  models: ['hub'],
  train: ['hub'],
  node: ['hub'],
  tokenizers: ['hub'],
};

/** Who may import `node:` modules: everything else has to run in browsers. */
const mayImportNode = (file: string): boolean =>
  file === 'platform/node.ts' ||
  ['runtime/native/', 'node/', 'serve/', 'cli/'].some((room) => file.startsWith(room));

/** Source text by path relative to `src`, with forward slashes: `tensor/index.ts`. */
type Sources = ReadonlyMap<string, string>;

const roomOf = (file: string): string => file.split('/')[0] ?? file;

const floorOf = (room: string): number => floors.findIndex((floor) => floor.includes(room));

/** The specifiers that a file imports: static, dynamic, re-exported and type-only ones alike. */
function specifiersOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/**
 * The specifiers that are still imported at run time, once the types are erased: `import type` and `export type` are, and a
 * list of names stays even if all of them are types (`verbatimModuleSyntax`).
 */
function runtimeSpecifiersOf(text: string): string[] {
  const { statements } = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ESNext);
  return statements.flatMap((statement) => {
    const typesOnly =
      (ts.isImportDeclaration(statement) &&
        statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly);
    if (typesOnly || !(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))) return [];
    const { moduleSpecifier } = statement;
    return moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
  });
}

/** The files of `src` that a specifier stands for; none when it is another package's. */
function targetsOf(file: string, specifier: string): string[] {
  if (specifier === '#hub') return ['node/hub/index.ts', 'hub/browser.ts'];
  if (specifier === '#platform') return ['platform/node.ts', 'platform/browser.ts'];
  if (specifier === '#native') return ['runtime/native/index.ts', 'runtime/native/absent.ts'];
  if (specifier === 'lumbre') return ['index.ts'];
  if (specifier.startsWith('lumbre/')) return [`${specifier.slice('lumbre/'.length)}/index.ts`];
  if (specifier.startsWith('.')) return [posix.join(posix.dirname(file), specifier)];
  return [];
}

/**
 * Why `from` may not import `to`, or undefined when it may. `hub` asks its surroundings by `#hub`, which `node` answers in
 * Node, as `#platform` is answered.
 */
function brokenRule(from: string, to: string, specifier: string): string | undefined {
  if (specifier === '#hub' && from === 'hub') return undefined;
  if (from === to || sideways[from]?.includes(to)) return undefined;
  if (floorOf(to) < floorOf(from)) return undefined;
  return floorOf(to) > floorOf(from)
    ? 'a lower room never imports a higher one'
    : `rooms of one floor (${floors[floorOf(to)]?.join(', ')}) do not import each other`;
}

/** One sentence for each import that breaks the rules. */
function importViolations(sources: Sources): string[] {
  const violations: string[] = [];
  for (const [file, text] of sources) {
    const room = roomOf(file);
    if (floorOf(room) < 0) {
      violations.push(`${file}: '${room}' is no room: add it to the floors of this test, or move the file`);
      continue;
    }
    for (const specifier of specifiersOf(text)) {
      if (specifier.startsWith('node:') && !mayImportNode(file)) {
        violations.push(
          `${file} imports '${specifier}': only platform/node.ts, runtime/native, node, serve and cli import node: modules`,
        );
      }
      for (const target of targetsOf(file, specifier)) {
        const targetRoom = roomOf(target);
        const rule = brokenRule(room, targetRoom, specifier);
        if (rule) violations.push(`${file} imports '${specifier}': from ${room} to ${targetRoom}; ${rule}`);
      }
    }
  }
  return violations;
}

/** The circles in which files import each other at run time. Types may be mutual: they load nothing. */
function importCycles(sources: Sources): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (finished.has(file)) return;
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file].join(' → '));
      return;
    }
    path.push(file);
    for (const specifier of runtimeSpecifiersOf(sources.get(file) ?? '')) {
      for (const target of targetsOf(file, specifier)) if (sources.has(target)) visit(target);
    }
    path.pop();
    finished.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return cycles;
}

function readSources(): Sources {
  const root = fileURLToPath(new URL('../src', import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(files.map((file) => [file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')]));
}

describe('the sources of the package', () => {
  const sources = readSources();

  test('import downward only', () => {
    expect(sources.size).toBeGreaterThan(0);
    expect(importViolations(sources)).toEqual([]);
  });

  test('have no import cycles', () => {
    expect(importCycles(sources)).toEqual([]);
  });
});

describe('the checker', () => {
  const files = (texts: Record<string, string>): Sources => new Map(Object.entries(texts));

  test('allows imports of lower floors, of the own room, and the ways sideways', () => {
    const sources = files({
      'index.ts': "export * from './tensor/index.ts';",
      'platform/node.ts': "import 'node:v8';",
      'platform/browser.ts': '',
      'tensor/index.ts': "import '#platform'; export * from './tensor.ts';",
      'tensor/tensor.ts': '',
      'nn/index.ts': "import { Tensor } from '../tensor/index.ts';",
      'hub/index.ts': "import 'lumbre/nn';",
      'models/index.ts': "import '../hub/index.ts';",
      'train/index.ts': "import '../hub/index.ts';",
      'recipes/index.ts': "import '../models/index.ts'; import '../train/index.ts';",
      'cli/main.ts': "import 'node:fs'; import 'commander'; await import('../train/index.ts');",
    });
    expect(importViolations(sources)).toEqual([]);
    expect(importCycles(sources)).toEqual([]);
  });

  test.each([
    [
      'graph/node.ts',
      "import { run } from '../runtime/index.ts';",
      'runtime/index.ts',
      'from graph to runtime',
    ],
    [
      'graph/node.ts',
      "import type { T } from '../tensor/tensor.ts';",
      'tensor/tensor.ts',
      'from graph to tensor',
    ],
    ['index.ts', "export * from './nn/index.ts';", 'nn/index.ts', 'from index.ts to nn'],
    ['tensor/tensor.ts', "const nn = await import('lumbre/nn');", 'nn/index.ts', 'from tensor to nn'],
    ['nn/linear.ts', "import '../optim/index.ts';", 'optim/index.ts', 'from nn to optim'],
    ['hub/index.ts', "export { Gpt } from '../models/index.ts';", 'models/index.ts', 'from hub to models'],
  ])('reports %s with %s', (file, text, target, message) => {
    const violations = importViolations(files({ [file]: text, [target]: '' }));
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(file);
    expect(violations[0]).toContain(message);
  });

  test('reports node: modules where they may not be', () => {
    const violations = importViolations(files({ 'platform/browser.ts': "import { cpus } from 'node:os';" }));
    expect(violations).toEqual([
      "platform/browser.ts imports 'node:os': only platform/node.ts, runtime/native, node, serve and cli import node: modules",
    ]);
  });

  test('reports a folder that is no room', () => {
    expect(importViolations(files({ 'utils/array.ts': '' }))[0]).toContain("'utils' is no room");
  });

  test('is not fooled by comments and strings', () => {
    const text = "// import '../tensor/index.ts';\nexport const help = \"import '../tensor/index.ts'\";";
    expect(importViolations(files({ 'graph/node.ts': text, 'tensor/index.ts': '' }))).toEqual([]);
  });

  test('reports a cycle as the circle that it is', () => {
    const sources = files({
      'nn/a.ts': "import './b.ts';",
      'nn/b.ts': "import './c.ts';",
      'nn/c.ts': "import './b.ts';",
    });
    expect(importCycles(sources)).toEqual(['nn/b.ts → nn/c.ts → nn/b.ts']);
  });

  test('lets types be mutual', () => {
    const sources = files({
      'nn/a.ts': "import type { B } from './b.ts'; export type C = typeof import('./b.ts');",
      'nn/b.ts': "import { a } from './a.ts'; export const b = a;",
    });
    expect(importCycles(sources)).toEqual([]);
  });
});
