import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Markdown files of the root and of docs/, by path relative to the root. */
const pages = ['', 'docs/'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}${name}`),
);
const readmes = pages.filter((page) => page.startsWith('README'));

/** The fenced blocks of a page that are marked as `language`, without the fences. */
const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, marked]) => marked === language)
    .map(([, , code]) => code as string);

const withoutBlocks = (text: string): string => text.replace(/^```.*?^```$/gms, '');

/** Where a page links to, in Markdown or HTML, but for addresses with a scheme. */
const linksOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)]
    .map(([, markdown, html]) => (markdown ?? html) as string)
    .filter((link) => !/^[a-z]+:/.test(link));

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

function isBroken(page: string, link: string): boolean {
  const [path, anchor] = link.split('#') as [string, string | undefined];
  const target = path ? join(dirname(page), path) : page;
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
}

/** What the compiler says of modules that lie, in thought, beside this test: one line for each mistake. */
function mistakesIn(modules: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const checked = { ...options, incremental: false, tsBuildInfoFile: undefined };
  const host = ts.createCompilerHost(checked);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => modules.has(file) || fileExists(file);
  host.readFile = (file) => modules.get(file) ?? readFile(file);
  host.getSourceFile = (file, settings) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, settings);
  };
  const program = ts.createProgram([...modules.keys()], checked, host);
  return [...modules.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    if (!source) return [`${file} is not part of the program`];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start }) => {
        const line = source.getLineAndCharacterOfPosition(start ?? 0).line + 1;
        return `${file.slice(root.length)}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      },
    );
  });
}

const moduleAt = (name: string): string => join(root, 'packages/lumbre/test', name);

describe('links', () => {
  test.each(pages)('%s: every relative link leads somewhere', (page) => {
    expect(linksOf(read(page)).filter((link) => isBroken(page, link))).toEqual([]);
  });

  test('a missing file and a missing heading are found', () => {
    const links = linksOf(
      '[a](README.md) [b](gone.md) <a href="README.md#gone">c</a> [d](https://lumbre.test/gone)',
    );
    expect(links.filter((link) => isBroken('README.md', link))).toEqual(['gone.md', 'README.md#gone']);
  });
});

describe('snippets', () => {
  test('those of the READMEs that import lumbre have no mistakes in their types', () => {
    const modules = new Map(
      readmes.flatMap((page) =>
        blocksOf(read(page), 'ts')
          .filter((code) => /from 'lumbre/.test(code))
          .map((code, i) => [moduleAt(`${page}.${i + 1}.ts`), code] as const),
      ),
    );
    expect(modules.size).toBeGreaterThanOrEqual(2 * readmes.length);
    const wrong = moduleAt('wrong.ts');
    modules.set(wrong, "import { tensor } from 'lumbre';\nconst x: string = tensor(1);\nconsole.log(x);\n");
    const mistakes = mistakesIn(modules);
    // The last one is there to show that mistakes are found.
    expect(mistakes.slice(0, -1)).toEqual([]);
    expect(mistakes.at(-1)).toContain("Type 'Tensor' is not assignable to type 'string'");
  });
});
