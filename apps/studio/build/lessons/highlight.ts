import { highlightCode, tagHighlighter, tags } from '@lezer/highlight';
import { parser as javascript } from '@lezer/javascript';
import { parser as python } from '@lezer/python';
import type { Element, ElementContent } from 'hast';

/** The classes of tokens.css by kind of token; the same that the editor uses, so that nothing jumps when it takes over. */
export const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword], class: 'k' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: 'f' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 's' },
  { tag: [tags.number, tags.bool, tags.null], class: 'n_' },
  { tag: tags.comment, class: 'c' },
]);

const parsers = {
  ts: javascript.configure({ dialect: 'ts' }),
  python,
} as const;

export type CodeLanguage = keyof typeof parsers;

export const isCodeLanguage = (language: string | null | undefined): language is CodeLanguage =>
  language === 'ts' || language === 'python';

/** Code as it is shown before an editor takes its place: one `span.l` a line, coloured. */
export function highlightLines(code: string, language: CodeLanguage): Element[] {
  const lines: ElementContent[][] = [[]];
  const put = (text: string, classes: string) => {
    if (text === '') return;
    const node: ElementContent = classes
      ? {
          type: 'element',
          tagName: 'span',
          properties: { className: [classes] },
          children: [{ type: 'text', value: text }],
        }
      : { type: 'text', value: text };
    lines.at(-1)?.push(node);
  };
  highlightCode(code, parsers[language].parse(code), highlighter, put, () => lines.push([]));
  return lines.map((children) => ({
    type: 'element',
    tagName: 'span',
    properties: { className: ['l'] },
    children: children.length > 0 ? children : [{ type: 'text', value: ' ' }],
  }));
}
