import { expect, test } from 'vitest';
import { colourDepthOf, halfBlocks, nearestOf256, pictureRows, shrinkTo } from '../../src/cli/pictures.ts';
import type { Picture } from '../../src/data/index.ts';

const esc = '\u001b';
const rgb = (...pixels: readonly (readonly number[])[]) => Uint8Array.from(pixels.flat());
const [red, green, blue, white] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
];
const four: Picture = { data: rgb(red, red, blue, green), shape: [2, 2, 3] };

test('a character shows two pixels; what is set already is not said again', () => {
  expect(halfBlocks(four, 'truecolor')).toEqual([
    `${esc}[38;2;255;0;0;48;2;0;0;255m▀${esc}[38;2;255;0;0;48;2;0;255;0m▀${esc}[0m`,
  ]);
  const plain: Picture = { data: rgb(red, red, red, red), shape: [2, 2, 3] };
  expect(halfBlocks(plain, '256')).toEqual([`${esc}[38;5;196;48;5;196m▀▀${esc}[0m`]);
});

test('what is transparent, and below the last row, is the terminal itself', () => {
  const data = rgb([...red, 255], [...red, 0], [...blue, 0], [...blue, 255], [...green, 255], [0, 0, 0, 0]);
  expect(halfBlocks({ data, shape: [3, 2, 4] }, 'truecolor')).toEqual([
    `${esc}[38;2;255;0;0;49m▀${esc}[38;2;0;0;255;49m▄${esc}[0m`,
    `${esc}[38;2;0;255;0;49m▀${esc}[49m ${esc}[0m`,
  ]);
});

test('grey pictures are grey; nothing is painted where there are no colours', () => {
  const grey: Picture = { data: Uint8Array.of(128, 0), shape: [2, 1, 1] };
  expect(halfBlocks(grey, 'truecolor')).toEqual([`${esc}[38;2;128;128;128;48;2;0;0;0m▀${esc}[0m`]);
  expect(halfBlocks(grey, 'none')).toEqual([]);
  expect(pictureRows([grey], 'none')).toEqual([]);
});

test('xterm has these colours nearest', () => {
  expect(
    [red, green, blue, white, [0, 0, 0]].map((pixel) => nearestOf256(pixel as [number, number, number])),
  ).toEqual([196, 46, 21, 231, 16]);
  expect(nearestOf256([128, 128, 128])).toBe(244);
  expect(nearestOf256([95, 135, 175])).toBe(67);
});

test('a picture that is too wide is shrunk, by means', () => {
  const wide: Picture = { data: Uint8Array.of(0, 100, 200, 0, 100, 200), shape: [2, 3, 1] };
  const small = shrinkTo(wide, 2);
  expect([small.shape, [...small.data]]).toEqual([
    [1, 2, 1],
    [50, 200],
  ]);
  expect(shrinkTo(wide, 3)).toBe(wide);
});

test('pictures stand side by side as far as there is room', () => {
  const lines = pictureRows([four, four, four], 'truecolor', { columns: 7, gap: 1 });
  expect(lines).toHaveLength(3);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences are what is taken out
  expect(lines.map((line) => line.replace(/\u001b\[[0-9;]*m/g, ''))).toEqual(['▀▀ ▀▀', '', '▀▀']);
});

test('pictures are for terminals, in as many colours as they say', () => {
  expect(colourDepthOf({ write: () => undefined }, { COLORTERM: 'truecolor' })).toBe('none');
  const terminal = { write: () => undefined, isTTY: true };
  expect(colourDepthOf(terminal, {})).toBe('256');
  expect(colourDepthOf(terminal, { COLORTERM: 'truecolor' })).toBe('truecolor');
  expect(colourDepthOf(terminal, { COLORTERM: '24bit', NO_COLOR: '1' })).toBe('none');
});
