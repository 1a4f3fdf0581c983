import type { Messages } from './messages/index.ts';

/** What a figure is called for people. One that is of a single class, `precision 3`, has that class behind its word. */
export function figureName(figure: string, { metrics }: Pick<Messages, 'metrics'>): string {
  const known = metrics[figure];
  if (known !== undefined) return known;
  const [, base, of] = /^(\w+) (.+)$/.exec(figure) ?? [];
  const word = base === undefined ? undefined : metrics[base];
  return word === undefined ? figure : `${word} (${of})`;
}
