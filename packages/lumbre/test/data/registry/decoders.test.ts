import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import {
  type DataPart,
  type DataSetEntry,
  decodeChorales,
  decodeDataSet,
  decodeIdx,
  findDataSet,
  type LoadedImages,
  mirrorSource,
  normalizeFile,
  openImages,
  openText,
  type Picture,
  registry,
  sha256,
} from '../../../src/data/index.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const part = (role: DataPart['role'], content: Uint8Array): DataPart => ({
  role,
  name: `${role}.bin`,
  content,
});

function idx(shape: readonly number[], data: readonly number[], type = 8): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type, shape.length]);
  for (const [i, n] of shape.entries()) view.setUint32(4 + 4 * i, n);
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

describe('normalizing', () => {
  const normalize = (bytes: Uint8Array, steps: Parameters<typeof normalizeFile>[1], most = 1000) =>
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(normalizeFile(bytes, steps, 'x', most));

  test('text: without mark, lines by \\n', () => {
    expect(normalize(utf8('\ufeffuno\r\ndos\rtres'), ['text'])).toBe('uno\ndos\ntres');
  });

  test('gzip, however it was packed', () => {
    for (const level of [0, 9] as const) {
      expect(normalize(gzipSync(utf8('hola\r\n'), { level }), ['gunzip', 'text'])).toBe('hola\n');
    }
  });

  test('gzip that is damaged, cut off, another format, or a bomb is refused', () => {
    const packed = gzipSync(utf8('hola '.repeat(50)));
    for (let length = 0; length < packed.length; length += 3) {
      expect(() => normalize(packed.slice(0, length), ['gunzip'])).toThrow(/x is damaged/);
    }
    for (let i = 10; i < packed.length; i += 3) {
      const changed = packed.map((byte, at) => (at === i ? byte ^ 16 : byte));
      expect(() => normalize(changed, ['gunzip'])).toThrow(/x is damaged/);
    }
    expect(() => normalize(utf8('hola'), ['gunzip'])).toThrow(/does not begin as gzip/);
    expect(() => normalize(new Uint8Array(0), ['gunzip'])).toThrow(/gzip/);
    expect(() => normalize(packed, ['gunzip'], 100)).toThrow(/more than the 100 bytes/);
    expect(() => normalize(gzipSync(new Uint8Array(1 << 20)), ['gunzip'], 1000)).toThrow(/more than/);
  });

  test('a book of Project Gutenberg, without what is not the book', () => {
    const book =
      'The Project Gutenberg eBook of X\r\n\r\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\r\n\r\n' +
      'Produced by Somebody\r\nand others\r\n\r\n\r\nCAPÍTULO I\r\n\r\nEn un lugar   \r\nde la Mancha\r\n\r\n' +
      '*** END OF THE PROJECT GUTENBERG EBOOK X ***\r\nlicence';
    const text = 'CAPÍTULO I\n\nEn un lugar\nde la Mancha\n';
    expect(normalize(utf8(book), ['gutenberg'])).toBe(text);
    expect(normalize(utf8(text), ['gutenberg'])).toBe(text);
  });

  test('a file in a tar archive', () => {
    const tar = new Uint8Array(2048);
    tar.set(utf8('a/b.txt'), 0);
    tar.set(utf8('00000000005'), 124);
    tar.set(utf8('hola\n'), 512);
    expect(normalize(tar, [{ member: 'a/b.txt' }])).toBe('hola\n');
    expect(() => normalize(tar, [{ member: 'c' }])).toThrow(/no file c/);
    expect(() => normalize(tar.slice(0, 514), [{ member: 'a/b.txt' }])).toThrow(/ends in the middle/);
    tar.set(utf8('7777777777x'), 124);
    expect(() => normalize(tar, [{ member: 'a/b.txt' }])).toThrow(/no number/);
  });
});

describe('IDX', () => {
  test('is read', () => {
    expect(decodeIdx(idx([2, 1, 2], [1, 2, 3, 4]), 'x')).toEqual({
      shape: [2, 1, 2],
      data: Uint8Array.of(1, 2, 3, 4),
    });
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /two zero bytes/],
    ['a web page', utf8('<html>'), /two zero bytes/],
    ['floats', idx([1], [0, 0, 0, 0], 0x0d), /type 0xd/],
    ['a header cut off', idx([2, 2], []).slice(0, 7), /within its header/],
    ['too many dimensions', Uint8Array.of(0, 0, 8, 200), /200 dimensions/],
    ['fewer than claimed', idx([3], [1, 2]), /needs 3 bytes, and 2 follow/],
    ['4 GB claimed', idx([0xffffffff], [1]), /needs 4294967295/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => decodeIdx(bytes, 'x')).toThrow(message);
  });

  test('labels have to be as many as images, and known', async () => {
    const mnist = findDataSet('mnist');
    const images = idx([2, 1, 1], [5, 6]);
    const make = (labels: Uint8Array) =>
      decodeDataSet(mnist, [
        part('images', images),
        part('labels', labels),
        part('test-images', images),
        part('test-labels', idx([2], [0, 9])),
      ]);
    const { train, test: held } = (await make(idx([2], [3, 4]))) as LoadedImages;
    expect(train).toEqual({ images: Uint8Array.of(5, 6), shape: [2, 1, 1, 1], labels: Int32Array.of(3, 4) });
    expect(held?.labels).toEqual(Int32Array.of(0, 9));
    await expect(make(idx([3], [1, 2, 3]))).rejects.toThrow(/expected 2 labels/);
    await expect(make(idx([2], [1, 10]))).rejects.toThrow(/label 1 is 10/);
  });
});

describe('other formats', () => {
  test('chorales: anything but lists of pitches is refused', () => {
    const good = '{"train":[[[72,60],[]]],"valid":[],"test":[[[0]]]}';
    expect(decodeChorales(utf8(good), 'x')).toEqual({
      train: [[Int32Array.of(60, 72), new Int32Array(0)]],
      validation: [],
      test: [[Int32Array.of(0)]],
    });
    for (const bad of [
      '',
      'null',
      '[]',
      '{"train":[],"valid":[]}',
      '{"train":[1],"valid":[],"test":[]}',
      '{"train":[[60]],"valid":[],"test":[]}',
      '{"train":[[[128]]],"valid":[],"test":[]}',
      '{"train":[[[60.5]]],"valid":[],"test":[]}',
      '{"train":[[["60"]]],"valid":[],"test":[]}',
    ]) {
      expect(() => decodeChorales(utf8(bad), 'x.json'), bad).toThrow(/^x\.json is damaged/);
    }
  });

  test('drawings: NumPy rows, the last one cut off, after those that came before', async () => {
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (100, 784), }".padEnd(117);
    const npy = new Uint8Array(128 + 784 * 2 + 5).fill(7, 128);
    npy.set([0x93, ...utf8('NUMPY'), 1, 0, 118, 0, ...utf8(`${header}\n`)]);
    const quickdraw = findDataSet('quickdraw');
    const parts = [part('images', npy), part('images', new Uint8Array(784).fill(1)), part('images', npy)];
    const { train } = (await decodeDataSet(quickdraw, parts)) as LoadedImages;
    expect(train.shape).toEqual([5, 28, 28, 1]);
    expect(train.labels).toEqual(Int32Array.of(0, 0, 1, 2, 2));
    expect([train.images[0], train.images[784 * 2], train.images.at(-1)]).toEqual([7, 1, 7]);
    const floats = npy.slice();
    floats.set(utf8('<f4'), 10 + 11);
    await expect(decodeDataSet(quickdraw, [part('images', floats)])).rejects.toThrow(/rows of 784/);
    await expect(decodeDataSet(quickdraw, [part('images', new Uint8Array(785))])).rejects.toThrow(
      /785 bytes/,
    );
  });

  test('faces: labels by what they wear', async () => {
    const faces = findDataSet('pixel-faces');
    const images = part('images', new Uint8Array(3 * 768));
    const labels = (text: string) => part('labels', utf8(text));
    const data = await decodeDataSet(faces, [images, labels('[{"g":1,"s":0},{"g":0,"s":1},{"g":1,"s":1}]')]);
    expect((data as LoadedImages).train.labels).toEqual(Int32Array.of(1, 2, 3));
    expect((data as LoadedImages).attributes?.hat).toEqual(Uint8Array.of(0, 1, 1));
    await expect(decodeDataSet(faces, [images, labels('[{"g":1,"s":0}]')])).rejects.toThrow(/3 faces/);
    await expect(decodeDataSet(faces, [images, labels('[1,2,3]')])).rejects.toThrow(/face 0/);
  });

  test('a sheet is cut, its empty cells passed over', async () => {
    const entry: DataSetEntry = {
      ...findDataSet('twemoji'),
      format: { type: 'sheet', cell: 1, border: 1, columns: 2 },
    };
    const data = new Uint8Array(6 * 6 * 4);
    for (const [x, y, value] of [
      [1, 1, 10],
      [4, 4, 20],
      [0, 0, 99],
    ] as const) {
      data.set([value, value, value, 255], (y * 6 + x) * 4);
    }
    const sheet: Picture = { data, shape: [6, 6, 4] };
    const parts = [part('images', new Uint8Array(1))];
    const { train } = (await decodeDataSet(
      entry,
      parts,
      {},
      { decodePicture: async () => sheet },
    )) as LoadedImages;
    expect(train.shape).toEqual([2, 1, 1, 4]);
    expect([...train.images]).toEqual([10, 10, 10, 255, 20, 20, 20, 255]);
    await expect(decodeDataSet(entry, parts)).rejects.toMatchObject({ code: 'data.needsImages' });
    const wrong = { decodePicture: async (): Promise<Picture> => ({ data, shape: [4, 9, 4] }) };
    await expect(decodeDataSet(entry, parts, {}, wrong)).rejects.toThrow(/2 RGBA cells/);
  });

  test('tables: a header, and classes by name; ragged rows are refused', async () => {
    const iris = findDataSet('iris');
    const rows = Array.from({ length: 150 }, (_, i) => `5.1,3.5,1.4,0.2,${i % 3}`);
    const make = (lines: readonly string[]) =>
      decodeDataSet(iris, [part('table', utf8(`150,4,setosa,versicolor,virginica\n${lines.join('\n')}\n`))]);
    const table = await make(rows);
    expect(table).toMatchObject({ kind: 'table', rows: 150, target: 'species' });
    expect(table.kind === 'table' && table.csv.split('\n', 3)).toEqual([
      'sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm,species',
      '5.1,3.5,1.4,0.2,setosa',
      '5.1,3.5,1.4,0.2,versicolor',
    ]);
    await expect(make(rows.slice(1))).rejects.toThrow(/150 rows, got 149/);
    await expect(make(rows.with(7, '5.1,3.5'))).rejects.toThrow(/row 8 has 2 fields/);
    await expect(make(rows.with(7, '5.1,3.5,1.4,0.2,7'))).rejects.toThrow(/class 7/);
  });
});

describe('the registry', () => {
  test('names are not taken twice, and every data set can be had in some way', () => {
    const names = registry.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const entry of registry) {
      const downloads = entry.sets.some(({ files }) => files.every(({ urls }) => urls !== undefined));
      expect(downloads || entry.generated || entry.mirrorOnly !== undefined, entry.name).toBe(true);
      expect(entry.licence.length * entry.source.length, entry.name).toBeGreaterThan(0);
      for (const { files } of entry.sets) {
        for (const { sha256: hash, urls = [] } of files) {
          if (hash !== undefined) expect(hash).toMatch(/^[0-9a-f]{64}$/);
          for (const url of urls) expect(() => new URL(url)).not.toThrow();
        }
        const kept = files.map(({ name }) => name);
        expect(new Set(kept).size, entry.name).toBe(kept.length);
      }
    }
  });

  test('a name is found by its other names; a wrong one gets advice', () => {
    expect(findDataSet('Fashion_MNIST').name).toBe('fashion-mnist');
    expect(findDataSet('caras').name).toBe('pixel-faces');
    expect(() => findDataSet('mnits')).toThrow(/Did you mean mnist\?/);
    expect(() => findDataSet('imagenet-21k')).toThrow(/There are quijote, /);
  });
});

describe('a mirror', () => {
  const verse = utf8('Verde que te quiero verde.\n');
  const entry = async (): Promise<DataSetEntry> => ({
    ...findDataSet('quijote'),
    sets: [
      { files: [{ role: 'text', name: 'a', mirror: 'big/a.txt', normalize: ['text'] }] },
      {
        files: [
          { role: 'text', name: 'b', mirror: 'b.txt', normalize: ['text'], sha256: await sha256(verse) },
        ],
        note: { es: 'una parte', en: 'a part' },
      },
    ],
  });
  const mirror = async (files: Readonly<Record<string, Uint8Array>>) =>
    mirrorSource(async (path) => files[path] ?? null, { entries: [await entry()] });

  test('the best set that is whole is read, and says when it is a part', async () => {
    expect(await openText(await mirror({ 'b.txt': verse }), 'quijote')).toMatchObject({
      text: 'Verde que te quiero verde.\n',
      note: { en: 'a part' },
    });
    const both = await openText(await mirror({ 'b.txt': verse, 'big/a.txt': utf8('Todo.') }), 'quijote');
    expect(both).toEqual({ kind: 'text', name: 'quijote', text: 'Todo.' });
  });

  test('a wrong hash and a missing file are told', async () => {
    await expect((await mirror({ 'b.txt': utf8('Azul.') })).open('quijote')).rejects.toMatchObject({
      code: 'data.wrongHash',
      message: expect.stringContaining('b.txt'),
    });
    await expect((await mirror({})).open('quijote')).rejects.toThrow(/big\/a\.txt/);
    await expect(openImages(await mirror({ 'b.txt': verse }), 'quijote')).rejects.toThrow(
      /'quijote' is of kind text; one of kind image/,
    );
  });
});
