import { mkdirSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodeGif, encodePng, readImage, readImageFolder, readTextFolder } from '../../src/node/index.ts';
import { useFolder } from '../cli/support.ts';

const path = useFolder();

/** A picture of two halves: red on the left, blue on the right. */
const halves = (height: number, width: number) => ({
  data: Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const left = Math.floor(i / 3) % width < width / 2;
    return (i % 3 === 0 && left) || (i % 3 === 2 && !left) ? 255 : 0;
  }),
  shape: [height, width, 3] as const,
});
const writePng = async (name: string, height = 4, width = 4) =>
  writeFileSync(path(name), await encodePng(halves(height, width)));

test('a PNG comes back as it was', async () => {
  await writePng('a.png');
  expect(await readImage(path('a.png'))).toEqual(halves(4, 4));
  const grey = await readImage(path('a.png'), { channels: 1 });
  expect(grey.shape).toEqual([4, 4, 1]);
  const alpha = await readImage(path('a.png'), { channels: 4 });
  expect([alpha.shape, alpha.data[3]]).toEqual([[4, 4, 4], 255]);
});

test('it is made to a size: cut, with a margin, or pixel by pixel', async () => {
  await writePng('wide.png', 4, 8);
  const cut = await readImage(path('wide.png'), { height: 2, kernel: 'nearest' });
  expect(cut).toEqual(halves(2, 2));
  const whole = await readImage(path('wide.png'), {
    height: 8,
    fit: 'contain',
    kernel: 'nearest',
    background: [0, 255, 0],
  });
  expect([...whole.data.slice(0, 3)]).toEqual([0, 255, 0]);
  expect([...whole.data.slice(3 * 8 * 4, 3 * 8 * 4 + 3)]).toEqual([255, 0, 0]);
});

test('a folder: classes by subfolder, one size', async () => {
  mkdirSync(path('pets/gatos'), { recursive: true });
  mkdirSync(path('pets/perros'));
  await writePng('pets/gatos/1.png');
  await writePng('pets/perros/1.png', 8, 8);
  await writePng('pets/perros/2.png');
  writeFileSync(path('pets/perros/.hidden.png'), 'x');
  writeFileSync(path('pets/notes.txt'), 'x');
  const folder = await readImageFolder(path('pets'), { height: 4, kernel: 'nearest' });
  expect(folder.shape).toEqual([3, 4, 4, 3]);
  expect(folder.labelNames).toEqual(['gatos', 'perros']);
  expect([...(folder.labels ?? [])]).toEqual([0, 1, 1]);
  expect(folder.names).toEqual(['gatos/1.png', 'perros/1.png', 'perros/2.png']);
  const flat = await readImageFolder(path('pets/perros'), { height: 4 });
  expect([flat.labels, flat.labelNames]).toEqual([undefined, undefined]);
});

test.each([
  ['nothing like a picture', () => Buffer.from('hello')],
  ['an empty file', () => Buffer.alloc(0)],
  ['half of a picture', async () => Buffer.from(await encodePng(halves(64, 64))).subarray(0, 120)],
])('%s: the error names the file', async (_, make) => {
  mkdirSync(path('pics'));
  await writePng('pics/good.png');
  writeFileSync(path('pics/bad.png'), await make());
  await expect(readImageFolder(path('pics'), { height: 4 })).rejects.toMatchObject({
    code: 'data.damaged',
    message: expect.stringContaining(path('pics/bad.png')),
  });
});

test('a folder without images says so', async () => {
  mkdirSync(path('none'));
  await expect(readImageFolder(path('none'), { height: 4 })).rejects.toThrow(/no images/);
});

test('frames become an animated GIF', async () => {
  const [red, blue] = [
    [255, 0, 0],
    [0, 0, 255],
  ].map((colour) => ({
    data: Uint8Array.from({ length: 48 }, (_, i) => colour[i % 3]!),
    shape: [4, 4, 3] as const,
  }));
  const gif = await encodeGif([red!, blue!, red!], { delay: 120, scale: 2 });
  const info = await sharp(gif, { animated: true }).metadata();
  expect(info).toMatchObject({
    format: 'gif',
    pages: 3,
    width: 8,
    pageHeight: 8,
    delay: [120, 120, 120],
    loop: 0,
  });
  const pixels = await sharp(gif, { animated: true }).removeAlpha().raw().toBuffer();
  const at = (frame: number) => [...pixels.subarray(frame * 192, frame * 192 + 3)];
  expect([at(0), at(1), at(2)]).toEqual([
    [255, 0, 0],
    [0, 0, 255],
    [255, 0, 0],
  ]);
  await expect(encodeGif([])).rejects.toThrow(/at least one/);
});

test('texts of a folder, by name; one that is none is named', async () => {
  mkdirSync(path('books/more'), { recursive: true });
  writeFileSync(path('books/b.txt'), 'dos\r\n');
  writeFileSync(path('books/a.txt'), 'uno');
  writeFileSync(path('books/more/c.md'), 'tres');
  writeFileSync(path('books/x.bin'), Buffer.of(0, 1));
  expect(await readTextFolder(path('books'))).toEqual([
    { name: 'a.txt', text: 'uno' },
    { name: 'b.txt', text: 'dos\n' },
    { name: 'more/c.md', text: 'tres' },
  ]);
  writeFileSync(path('books/d.txt'), Buffer.of(0x65, 0xf1, 0x65));
  await expect(readTextFolder(path('books'))).rejects.toThrow(/d\.txt is not UTF-8/);
  await expect(readTextFolder(path('books/more'), { extensions: ['.txt'] })).rejects.toThrow(/no texts/);
});
