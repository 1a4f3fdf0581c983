import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import type { Plugin } from 'vite';

/** The parts of lumbre that a learner may import; the others are for Node. */
const subpaths = [
  '.',
  'nn',
  'optim',
  'distributions',
  'data',
  'data/table',
  'metrics',
  'text',
  'models',
  'hub',
  'train',
] as const;

const id = 'virtual:editor/types';

/** Files of the language service by their paths: `/lumbre/index.d.ts`, `/lib.es2023.d.ts`. */
export type TypeFiles = Readonly<Record<string, string>>;

/**
 * The declarations that the editor's language service reads, as the module `virtual:editor/types`: lumbre's as they were
 * built, arquero's, those of `studio`, and TypeScript's own of the language. Nothing comes from the network.
 */
export function editorTypes(studioRoot: string): Plugin {
  return {
    name: 'lumbre-editor-types',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(resolved) {
      if (resolved !== `\0${id}`) return null;
      // Parsed as JSON, which is quicker than the same as a literal.
      return `export const files = JSON.parse(${JSON.stringify(JSON.stringify(collectTypes(studioRoot)))});`;
    },
  };
}

/**
 * Reads all of them: lumbre's from the folder that its compiler wrote them to. Without a build of lumbre there are none, and
 * it is said how to make one.
 */
export function collectTypes(
  studioRoot: string,
  lumbre: string = join(studioRoot, '../../packages/lumbre/dist'),
): TypeFiles {
  if (!existsSync(join(lumbre, 'index.d.ts')))
    throw new Error(
      'The editor needs the declarations of lumbre, which are not there yet. Make them with `npm run build --workspace lumbre`.',
    );
  const files: Record<string, string> = {};
  for (const subpath of subpaths) walk(join(lumbre, subpath, 'index.d.ts'), lumbre, '/lumbre', files);

  const require = createRequire(join(studioRoot, 'package.json'));
  const arquero = join(dirname(require.resolve('arquero/package.json')), 'dist/types');
  walk(join(arquero, 'index.d.ts'), arquero, '/arquero', files);

  const studio = join(studioRoot, 'src/cell/studio/index.ts');
  walk(studio, join(studioRoot, 'src'), '/studio', files);
  files['/studio/cell/studio/learner.d.ts'] = studioModule(readFileSync(studio, 'utf8'));

  const lib = dirname(require.resolve('typescript'));
  for (const name of readdirSync(lib))
    if (/^lib\.(es5|es20(1\d|2[0-3])(\.\w+)?|decorators(\.legacy)?|esnext\.disposable)\.d\.ts$/.test(name))
      files[`/${name}`] = readFileSync(join(lib, name), 'utf8');
  // What TypeScript says of mistakes, in Spanish.
  const spanish = 'es/diagnosticMessages.generated.json';
  files[`/${spanish}`] = readFileSync(join(lib, spanish), 'utf8');
  return files;
}

/** A declaration file and all that it imports from beside it. */
function walk(file: string, root: string, under: string, files: Record<string, string>): void {
  const path = `${under}/${relative(root, file).replaceAll('\\', '/')}`;
  if (path in files) return;
  const text = readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  files[path] = text;
  for (const { fileName } of ts.preProcessFile(text, true, false).importedFiles) {
    if (!fileName.startsWith('.')) continue;
    const base = join(dirname(file), fileName);
    const found = [base.replace(/\.[jt]s$/, '.d.ts'), `${base}.d.ts`, join(base, 'index.d.ts'), base].find(
      (candidate) => existsSync(candidate),
    );
    if (found?.endsWith('.ts')) walk(found, root, under, files);
  }
}

/**
 * The module `studio` as a learner sees it. Its source declares an interface, and every run makes an object of it; to the
 * learner each of its methods is a function to import, with its documentation.
 */
function studioModule(source: string): string {
  const file = ts.createSourceFile('index.ts', source, ts.ScriptTarget.ES2023, true);
  const parts: string[] = [];
  for (const statement of file.statements) {
    if (
      ts.isImportDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isExportDeclaration(statement)
    )
      parts.push(statement.getText());
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== 'Studio') continue;
    for (const member of statement.members) {
      if (!ts.isMethodSignature(member)) continue;
      const documentation = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
      parts.push(
        ...documentation.map((comment) => comment.getText()),
        `export declare function ${member.getText()}`,
      );
    }
  }
  return parts.join('\n');
}
