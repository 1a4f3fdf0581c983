import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { registry } from '../../../src/data/index.ts';
import { openDataSource } from '../../../src/node/index.ts';

const folder = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn('../shared/data is missing: the tests of the whole registry are passed over');

const source = openDataSource({ dataDir: folder, cacheDir: '/nonexistent' });

/** What each data set is, as the publishers say it. */
const facts: Readonly<Record<string, unknown>> = {
  quijote: 2097877,
  sonetos: 2243894,
  'martin-fierro': 187095,
  tinyshakespeare: 1115394,
  names: 228145,
  nombres: 2598,
  mnist: [10_000, 28, 28, 1],
  'fashion-mnist': [60_000, 28, 28, 1],
  'pixel-faces': [4000, 16, 16, 3],
  monsters: [695, 32, 32, 4],
  twemoji: [3786, 32, 32, 4],
  quickdraw: [3000, 28, 28, 1],
  'jsb-chorales': [229, 76, 77],
  penguins: 344,
  iris: 150,
  digits: 1797,
  'california-housing': 20640,
};

describe.runIf(isThere)('a mirror folder', () => {
  test.each(registry.map(({ name }) => name))('%s is read, and is what it should be', async (name) => {
    const data = await source.open(name);
    const found =
      data.kind === 'text'
        ? data.text.length
        : data.kind === 'image'
          ? data.train.shape
          : data.kind === 'music'
            ? [data.train.length, data.validation.length, data.test.length]
            : data.rows;
    expect(found).toEqual(facts[name]);
  });
});
