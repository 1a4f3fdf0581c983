import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { hubRepository } from '../../src/node/hub/hubRepository.ts';
import { useFolder } from '../cli/support.ts';
import python from '../fixtures/hub/cacheLayout.json' with { type: 'json' };
import { mockHub } from './support/mockHub.ts';

const path = useFolder();

type Layout = Record<string, { link?: string; content?: string }>;

function layoutOf(folder: string): Layout {
  const layout: Layout = {};
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const place = join(folder, file);
    const info = lstatSync(place);
    if (file.startsWith('.locks')) continue;
    if (info.isSymbolicLink()) layout[file] = { link: readlinkSync(place) };
    else if (info.isFile()) layout[file] = { content: readFileSync(place, 'utf8') };
  }
  return layout;
}

const files = Object.entries(python.files).map(
  ([file, content]) =>
    [file, { content: new TextEncoder().encode(content), large: python.large.includes(file) }] as const,
);

const repositoryAt = (endpoint: string, offline: boolean) =>
  hubRepository(
    { endpoint, name: python.name, revision: 'main', token: undefined },
    { cacheDir: path('hub'), offline, tries: 1 },
  );

test('the cache is what huggingface_hub would have made of it', async () => {
  const hub = await mockHub(python.name, files);
  try {
    const repository = repositoryAt(hub.url, false);
    for (const [file] of files) await repository.read(file);
    expect(await repository.has('missing.json')).toBe(false);
    expect(layoutOf(path('hub'))).toEqual(python.layout);
  } finally {
    await hub.close();
  }
});

test('what huggingface_hub left is found', async () => {
  for (const [file, entry] of Object.entries<Layout[string]>(python.layout)) {
    const place = path(join('hub', file));
    mkdirSync(dirname(place), { recursive: true });
    if (entry.link !== undefined) symlinkSync(entry.link, place);
    else writeFileSync(place, entry.content ?? '');
  }
  const repository = repositoryAt('http://127.0.0.1:9', true);
  expect(await repository.list()).toEqual(Object.keys(python.files).sort());
  for (const [file, { content }] of files) expect(await repository.read(file)).toEqual(content);
  expect(await repository.has('missing.json')).toBe(false);
});
