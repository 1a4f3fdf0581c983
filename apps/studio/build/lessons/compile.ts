import type { Element, ElementContent, Root as HastRoot } from 'hast';
import { toString as textOf } from 'hast-util-to-string';
import type { BlockContent, Code, DefinitionContent, Root as MdastRoot, RootContent } from 'mdast';
import type { ContainerDirective, LeafDirective, TextDirective } from 'mdast-util-directive';
import rehypeKatex from 'rehype-katex';
import remarkDirective from 'remark-directive';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import {
  type Beat,
  beats,
  type CardSource,
  type CellSource,
  type LessonDocument,
  type LiveNumber,
  type Section,
} from '../../src/course/document.ts';
import type { Locale } from '../../src/i18n/locale.ts';
import { highlightLines, isCodeLanguage } from './highlight.ts';

type Directive = ContainerDirective | LeafDirective | TextDirective;

const frontmatter = z.strictObject({
  title: z.string().min(3),
  teaser: z.string().min(10),
  minutes: z.number().int().min(3).max(30),
});

/** A mistake in a lesson, with the file and the line. */
export class LessonError extends Error {
  override readonly name = 'LessonError';
}

const isDirective = (node: { type: string }): node is Directive =>
  node.type === 'containerDirective' || node.type === 'leafDirective' || node.type === 'textDirective';

const isBeat = (name: string): name is Beat => beats.some((beat) => beat === name);

/**
 * Compiles the Markdown of a lesson. What the directives mean is told in docs/teaching.md; a mistake (an unknown directive, a
 * cell without an id, a prediction without a right answer) is a LessonError with the file and the line.
 */
export function compileLesson(markdown: string, file: string, locale: Locale): LessonDocument {
  const fail = (
    node: { position?: { start: { line: number } } | undefined } | null,
    message: string,
  ): never => {
    throw new LessonError(`${file}${node?.position ? `:${node.position.start.line}` : ''}: ${message}`);
  };

  const processor = unified()
    .use(remarkParse)
    .use(remarkFrontmatter)
    .use(remarkGfm)
    .use(remarkMath)
    .use(remarkDirective);
  const tree = processor.parse(markdown) as MdastRoot;

  const cells: CellSource[] = [];
  const exercises: string[] = [];
  const exhibits: { name: string; state: unknown }[] = [];
  const lives: LiveNumber[] = [];
  const cards: CardSource[] = [];

  const toHast = (children: readonly RootContent[]): HastRoot => {
    const root: MdastRoot = { type: 'root', children: [...children] };
    const converter = unified()
      .use(remarkRehype, { handlers: { code: codeHandler } })
      .use(rehypeKatex, { strict: true });
    const tree = converter.runSync(root) as HastRoot;
    visit(tree, 'element', (node) => {
      // A formula that KaTeX does not understand is drawn in red: in a lesson it is a mistake.
      const { className, title } = node.properties;
      if (Array.isArray(className) && className.includes('katex-error'))
        fail(children[0] ?? null, String(title));
    });
    return withoutPositions(tree);
  };

  /** An attribute that has to be there. */
  const attribute = (node: Directive, name: string): string => {
    const value = node.attributes?.[name];
    return value ? value : fail(node, `':${node.name}' needs ${name}="…".`);
  };

  const element = (node: Directive, tagName: string, properties: Record<string, string>) => {
    node.data = { ...node.data, hName: tagName, hProperties: properties };
  };

  const rules: Record<string, (node: Directive) => void> = {
    exhibit(node) {
      const name = attribute(node, 'name');
      const state = parseJson(node.attributes?.state);
      if (state === undefined && node.attributes?.state) fail(node, `the state of the exhibit is not JSON.`);
      exhibits.push({ name, state: state ?? null });
      element(node, 'lesson-exhibit', { name, ...(state !== undefined && { state: JSON.stringify(state) }) });
    },
    cell(node) {
      const id = attribute(node, 'id');
      if (cells.some((cell) => cell.id === id)) fail(node, `there are two cells '${id}'.`);
      const blocks = codeBlocks(node);
      const typescript =
        blocks.find(({ lang }) => lang === 'ts') ?? fail(node, `the cell '${id}' has no \`\`\`ts block.`);
      const python = blocks.find(({ lang }) => lang === 'python');
      const fails = node.attributes?.fails ?? null;
      cells.push({
        id,
        typescript: typescript.value,
        python: python?.value ?? null,
        pythonOutput: null,
        fails,
      });
      element(node, 'lesson-cell', { id });
    },
    exercise(node) {
      const id = attribute(node, 'id');
      if (exercises.includes(id)) fail(node, `there are two exercises '${id}'.`);
      exercises.push(id);
      element(node, 'lesson-exercise', { id });
    },
    predict(node) {
      const options = optionsOf(node);
      if (options.length < 2)
        fail(
          node,
          'a prediction needs a list of two options or more: `- [ ] …`, and `- [x] …` for the right one.',
        );
      if (options.filter(Boolean).length !== 1)
        fail(node, 'a prediction has exactly one right option, `- [x] …`.');
      if (
        !('children' in node) ||
        !node.children.some((child) => isDirective(child) && child.name === 'answer')
      )
        fail(node, 'a prediction needs an `:::answer` that tells why.');
      element(node, 'lesson-prediction', { right: String(options.indexOf(true)) });
    },
    answer: (node) => element(node, 'lesson-answer', {}),
    note: (node) => element(node, 'lesson-note', {}),
    hint: (node) => element(node, 'lesson-hint', {}),
    further: (node) => element(node, 'lesson-further', {}),
    rescue: (node) => element(node, 'lesson-rescue', { id: attribute(node, 'id') }),
    card(node) {
      if (node.type !== 'containerDirective') return fail(node, 'a card is written with `:::card`.');
      const id = attribute(node, 'id');
      const middle = node.children.findIndex((child) => child.type === 'thematicBreak');
      if (middle < 1 || middle === node.children.length - 1)
        fail(node, 'a card has a question, `***`, and an answer.');
      cards.push({
        id,
        question: toHast(node.children.slice(0, middle) as RootContent[]),
        answer: toHast(node.children.slice(middle + 1) as RootContent[]),
      });
      node.children = [];
      element(node, 'lesson-card', { id });
    },
    term: (node) => element(node, 'lesson-term', { id: attribute(node, 'id') }),
    live(node) {
      const text = plainText(node);
      const at = (node.attributes?.at ?? '').split(',').filter(Boolean).map(Number);
      if (at.some((index) => !Number.isInteger(index))) fail(node, 'at="…" holds whole numbers: at="0,1".');
      lives.push({ text, cell: attribute(node, 'cell'), of: attribute(node, 'of'), at });
      element(node, 'lesson-live', { index: String(lives.length - 1) });
    },
    num: (node) => {
      node.data = { ...node.data, hName: 'span', hProperties: { className: ['num'] } };
    },
  };

  const apply = (node: RootContent | BlockContent | DefinitionContent): void => {
    if (isDirective(node)) {
      // «12:30» and «a:b» are no directives: what has neither a name that we know nor braces is the text that it was.
      const rule = Object.hasOwn(rules, node.name) ? rules[node.name] : undefined;
      if (!rule) {
        if (node.type !== 'textDirective' || (node.attributes && Object.keys(node.attributes).length > 0))
          fail(node, `unknown directive ':${node.name}'; there are ${Object.keys(rules).join(', ')}.`);
        Object.assign(node, { type: 'text', value: `:${node.name}${plainText(node)}`, children: undefined });
        return;
      }
      rule(node);
    }
    if ('children' in node && node.children) for (const child of node.children) apply(child as RootContent);
  };

  const [head, ...body] = tree.children;
  if (head?.type !== 'yaml')
    return fail(head ?? null, 'a lesson begins with `---`, its title, teaser and minutes, and `---`.');
  const meta = frontmatter.safeParse(parseYaml(head.value));
  if (!meta.success) return fail(head, z.prettifyError(meta.error));

  const sections: Section[] = body.map((node) => {
    if (node.type !== 'containerDirective' || !isBeat(node.name))
      return fail(
        node,
        `everything in a lesson stands in one of its steps: ${beats.map((beat) => `::::${beat}`).join(', ')}.`,
      );
    const beat = node.name;
    if (beat === 'predict') {
      apply(node);
      return { beat, content: toHast([node]) };
    }
    for (const child of node.children) apply(child);
    return { beat, content: toHast(node.children as RootContent[]) };
  });

  for (const live of lives)
    if (!cells.some(({ id }) => id === live.cell))
      fail(null, `the live number ${live.text} speaks of a cell '${live.cell}', which is not there.`);

  return {
    locale,
    ...meta.data,
    sections,
    cells,
    exercises,
    exhibits,
    lives,
    cards,
    text: sections
      .map(({ content }) => textOf(content))
      .join('\n')
      .replace(/\s+/g, ' '),
  };
}

/** A block of code as `pre.code`, coloured where the language is known. */
function codeHandler(_state: unknown, node: Code): Element {
  const children: ElementContent[] = isCodeLanguage(node.lang)
    ? highlightLines(node.value, node.lang)
    : node.value.split('\n').map((line) => ({
        type: 'element',
        tagName: 'span',
        properties: { className: ['l'] },
        children: [{ type: 'text', value: line || ' ' }],
      }));
  return {
    type: 'element',
    tagName: 'pre',
    properties: { className: ['code'], dataLang: node.lang ?? '', tabIndex: 0 },
    children: [{ type: 'element', tagName: 'code', properties: {}, children }],
  };
}

function codeBlocks(node: Directive): Code[] {
  if (!('children' in node)) return [];
  return node.children.filter((child): child is Code => child.type === 'code');
}

/** Of the options of a prediction, which are right. */
function optionsOf(node: Directive): boolean[] {
  if (!('children' in node)) return [];
  const list = node.children.find((child) => child.type === 'list');
  return list?.type === 'list' ? list.children.map(({ checked }) => checked === true) : [];
}

function plainText(node: { children?: readonly unknown[] }): string {
  return (node.children ?? [])
    .map((child) => {
      const part = child as { value?: string; children?: readonly unknown[] };
      return part.value ?? plainText(part);
    })
    .join('');
}

function parseJson(text: string | null | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The tree without the places that its nodes had in the file, which nobody needs any more. */
function withoutPositions<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withoutPositions) as T;
  if (node === null || typeof node !== 'object') return node;
  const entries = Object.entries(node).filter(([key]) => key !== 'position' && key !== 'data');
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutPositions(value)])) as T;
}
