import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  type DataSource,
  openImages,
  openMusic,
  openTable,
  openText,
  writeMidi,
} from '../../src/data/index.ts';
import { encodePng, withUserData } from '../../src/node/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'lumbre-user-'));
afterAll(() => rmSync(folder, { recursive: true }));

const registry: DataSource = {
  open: async (name) => ({ kind: 'text', name, text: `the data set ${name}` }),
};
const source = withUserData(registry);

/** Writes a file, and the folders above it. @returns its path */
function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const red = (size: number) =>
  encodePng({
    data: Uint8Array.from({ length: size * size * 3 }, (_, i) => (i % 3 === 0 ? 255 : 0)),
    shape: [size, size, 3],
  });

test('what is no path is a data set', async () => {
  expect((await openText(source, 'quijote')).text).toBe('the data set quijote');
  expect((await openText(source, 'no-such-thing')).text).toBe('the data set no-such-thing');
});

test('a text, and a folder of texts', async () => {
  const path = put('texts/b.txt', 'second\n');
  put('texts/deep/c.md', 'third');
  put('texts/a.txt', 'first');
  put('texts/.hidden.txt', 'not this');
  expect((await openText(source, path)).text).toBe('second\n');
  expect((await openText(source, join(folder, 'texts'))).text).toBe('first\n\nsecond\n\nthird');
});

test('a table predicts its last column, whatever separates them', async () => {
  const comma = await openTable(source, put('t.csv', 'a,b,kind\n1,2,x\n3,4,y\n'));
  expect(comma).toMatchObject({ columns: ['a', 'b', 'kind'], target: 'kind', rows: 2 });
  const tab = await openTable(source, put('t.tsv', 'a\tb\n1\t2,5\n'));
  expect(tab).toMatchObject({ columns: ['a', 'b'], csv: 'a,b\n1,"2,5"\n', rows: 1 });
});

test('a ragged table is refused by its file and line', async () => {
  const path = put('ragged.csv', 'a,b\n1,2\n\n3,4,5\n');
  await expect(source.open(path)).rejects.toMatchObject({
    name: 'TableError',
    line: 4,
    message: expect.stringContaining('ragged.csv, line 4: 3 fields, expected 2'),
  });
});

test('a folder of images, with classes by its subfolders', async () => {
  put('pictures/cats/1.png', await red(20));
  put('pictures/dogs/1.png', await red(40));
  put('pictures/dogs/notes.txt', 'two dogs');
  const images = await openImages(source, join(folder, 'pictures'));
  expect(images.train.shape).toEqual([2, 32, 32, 3]);
  expect(images.labelNames).toEqual(['cats', 'dogs']);
  expect([...(images.train.labels ?? [])]).toEqual([0, 1]);
  const small = await openImages(withUserData(registry, { imageSize: 8 }), join(folder, 'pictures'));
  expect(small.train.shape).toEqual([2, 8, 8, 3]);
  await expect(source.open(join(folder, 'pictures/cats/1.png'))).rejects.toThrow('give a folder of images');
});

test('a folder of MIDI files is music in sixteenths, with what is struck again', async () => {
  for (let i = 0; i < 4; i++) {
    const notes = [0, 0.5, 1, 1.25].map((start) => ({ start, duration: 0.25, pitch: 60 + i }));
    put(`songs/${i}.mid`, writeMidi({ notes: [...notes, { start: 0, duration: 9, pitch: 36, drum: true }] }));
  }
  const music = await openMusic(source, join(folder, 'songs'));
  expect([music.train.length, music.validation.length, music.test.length]).toEqual([2, 1, 1]);
  expect(music.stepsPerQuarter).toBe(4);
  expect(music.train[0]?.map((pitches) => [...pitches])).toEqual([[60], [], [60], [], [60], [60]]);
  expect(music.notes?.train[0]?.map(({ start }) => start)).toEqual([0, 0.5, 1, 1.25]);
});

test('one piece is cut in time', async () => {
  const notes = Array.from({ length: 40 }, (_, i) => ({ start: 8 + i, duration: 1, pitch: 40 + i }));
  const music = await openMusic(source, put('one.midi', writeMidi({ notes })));
  const pitches = (part: 'train' | 'validation' | 'test') =>
    music.notes?.[part][0]?.map(({ pitch }) => pitch);
  expect(pitches('train')).toEqual(Array.from({ length: 32 }, (_, i) => 40 + i));
  expect(pitches('validation')).toEqual([72, 73, 74, 75]);
  expect(pitches('test')).toEqual([76, 77, 78, 79]);
  expect(music.notes?.test[0]?.[0]?.start).toBe(0);
});

test('files and folders with nothing in them are refused by name', async () => {
  await expect(source.open(put('bad.mid', 'MThd?'))).rejects.toThrow(/bad\.mid is no MIDI file/);
  await expect(source.open(put('drums.mid', writeMidi({ notes: [] })))).rejects.toThrow(
    'drums.mid has no notes',
  );
  mkdirSync(join(folder, 'empty'));
  await expect(source.open(join(folder, 'empty'))).rejects.toMatchObject({ code: 'data.damaged' });
});
