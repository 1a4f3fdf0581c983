import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src', import.meta.url));

const catalogs = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.es.json'))
  .map((path) => path.replace(/\.es\.json$/, ''));

const read = (name: string, locale: string): Record<string, string> =>
  JSON.parse(readFileSync(join(root, `${name}.${locale}.json`), 'utf8'));

/** The names of a message's placeholders, from how it is compiled: strings and [name, type, …]. */
function placeholders(message: string): string[] {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) {
      if (typeof part[0] === 'string' && part.length > 0) names.add(part[0]);
      for (const inner of part.slice(2)) visit(inner);
    } else if (part && typeof part === 'object') {
      for (const branch of Object.values(part))
        if (Array.isArray(branch)) for (const piece of branch) visit(piece);
    }
  };
  for (const part of compileMessage(message) as unknown[]) visit(part);
  names.delete('#');
  return [...names].sort();
}

test('there are catalogs', () => {
  expect(catalogs.length).toBeGreaterThan(5);
});

describe.each(catalogs)('%s', (name) => {
  const [es, en] = [read(name, 'es'), read(name, 'en')];

  test('both languages say the same things', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(es).sort());
  });

  test('both use the same values', () => {
    for (const id of Object.keys(es))
      expect([id, placeholders(en[id] ?? '')]).toEqual([id, placeholders(es[id] ?? '')]);
  });

  test('nothing is empty, and Spanish has both of its signs', () => {
    for (const [id, text] of [...Object.entries(es), ...Object.entries(en)])
      expect([id, text.trim()]).not.toEqual([id, '']);
    for (const [id, text] of Object.entries(es)) {
      // A lone question mark stands for what is not known yet.
      if (text === '?') continue;
      expect([id, text.split('¿').length]).toEqual([id, text.split('?').length]);
      expect([id, text.split('¡').length]).toEqual([id, text.split('!').length]);
    }
  });
});
