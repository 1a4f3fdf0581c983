import type { Picture } from '../picture.ts';
import {
  decodeChorales,
  decodeIdx,
  decodeJson,
  decodeNpyRows,
  decodeTable,
  isNpy,
  linesOf,
} from './decoders.ts';
import type { DataFormat, DataSetEntry, FileRole, FileSet } from './entry.ts';
import { DataSetError, damaged } from './errors.ts';
import type { ImageSplit, LoadedData, LoadedImages } from './source.ts';

/** What decoding needs of its surroundings. */
export interface DecodeOptions {
  /** Reads a PNG as RGBA; only sheets of images need it. */
  readonly decodePicture?: (bytes: Uint8Array, name: string) => Promise<Picture>;
}

/** A file of a set with its normalized content. */
export interface DataPart {
  readonly role: FileRole;
  readonly name: string;
  readonly content: Uint8Array;
}

type Pixels = Extract<DataFormat, { type: 'pixels' }>;

const one = (parts: readonly DataPart[], role: FileRole): DataPart => {
  const part = parts.find((candidate) => candidate.role === role);
  if (!part) throw new Error(`A data set without a file for '${role}': its entry in the registry is wrong.`);
  return part;
};

function idxSplit(parts: readonly DataPart[], prefix: '' | 'test-', classes: number): ImageSplit {
  const [images, labels] = [one(parts, `${prefix}images`), one(parts, `${prefix}labels`)];
  const pixels = decodeIdx(images.content, images.name);
  const numbers = decodeIdx(labels.content, labels.name);
  const [count, height, width] = pixels.shape;
  if (pixels.shape.length !== 3 || count === undefined || height === undefined || width === undefined) {
    throw damaged(images.name, `expected [count, height, width], got [${pixels.shape}]`);
  }
  if (numbers.shape.length !== 1 || numbers.shape[0] !== count) {
    throw damaged(labels.name, `expected ${count} labels, as there are images, got [${numbers.shape}]`);
  }
  const wrong = numbers.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw damaged(labels.name, `label ${wrong} is ${numbers.data[wrong]}; there are ${classes} classes`);
  }
  return {
    images: pixels.data,
    shape: [count, height, width, 1],
    labels: Int32Array.from(numbers.data),
  };
}

/** Faces are told apart by what they wear: class = glasses + 2 · hat. */
export const faceLabelNames: readonly string[] = ['plain', 'glasses', 'hat', 'glasses and hat'];

function faceAttributes(part: DataPart, count: number): { glasses: Uint8Array; hat: Uint8Array } {
  const json = decodeJson(part.content, part.name);
  if (!Array.isArray(json) || json.length !== count) {
    throw damaged(part.name, `expected a list of ${count} faces`);
  }
  const read = (key: 'g' | 's'): Uint8Array =>
    Uint8Array.from(json, (face: unknown, i) => {
      const value = (face as Record<string, unknown> | null)?.[key];
      if (value !== 0 && value !== 1) throw damaged(part.name, `face ${i} has no '${key}' of 0 or 1`);
      return value;
    });
  return { glasses: read('g'), hat: read('s') };
}

function namesOf(part: DataPart, count: number): string[] {
  const json = decodeJson(part.content, part.name);
  if (!Array.isArray(json) || json.length !== count || !json.every((name) => typeof name === 'string')) {
    throw damaged(part.name, `expected a list of ${count} names`);
  }
  return json as string[];
}

function decodePixels(format: Pixels, parts: readonly DataPart[]): Omit<LoadedImages, 'kind' | 'name'> {
  const { height, width, channels, about, classes } = format;
  const size = height * width * channels;
  const files = parts.filter(({ role }) => role === 'images');
  const arrays = files.map(({ content, name }) => {
    const data = isNpy(content) ? decodeNpyRows(content, size, name) : content;
    if (data.length === 0 || data.length % size !== 0) {
      throw damaged(
        name,
        `${data.length} bytes are no whole number of [${height}, ${width}, ${channels}] images`,
      );
    }
    return data;
  });
  const counts = arrays.map((array) => array.length / size);
  const count = counts.reduce((sum, n) => sum + n, 0);
  let images = arrays[0] as Uint8Array;
  if (arrays.length > 1) {
    images = new Uint8Array(count * size);
    let at = 0;
    for (const array of arrays) {
      images.set(array, at);
      at += array.length;
    }
  }
  const shape = [count, height, width, channels] as const;
  if (about === 'faces') {
    const attributes = faceAttributes(one(parts, 'labels'), count);
    const labels = Int32Array.from(attributes.glasses, (g, i) => g + 2 * (attributes.hat[i] as number));
    return { train: { images, shape, labels }, labelNames: faceLabelNames, attributes };
  }
  if (about === 'names') return { train: { images, shape, names: namesOf(one(parts, 'names'), count) } };
  if (!classes) return { train: { images, shape } };
  const labels = Int32Array.from(counts.flatMap((n, label) => new Array<number>(n).fill(label)));
  return { train: { images, shape, labels }, labelNames: classes };
}

/** The images of a sheet, row by row; cells in which nothing is visible are passed over. */
export function cutSheet(
  sheet: Picture,
  { cell, border, columns }: { readonly cell: number; readonly border: number; readonly columns: number },
  name: string,
): ImageSplit {
  const { data } = sheet;
  const [height, width, channels] = sheet.shape;
  const pitch = cell + 2 * border;
  if (channels !== 4 || width !== columns * pitch || height % pitch !== 0) {
    throw damaged(
      name,
      `expected ${columns} RGBA cells of ${pitch} pixels in a row, got ${width}×${height}×${channels}`,
    );
  }
  const found: Uint8Array[] = [];
  for (let top = border; top < height; top += pitch) {
    for (let left = border; left < width; left += pitch) {
      const image = new Uint8Array(cell * cell * 4);
      for (let y = 0; y < cell; y++) {
        const from = ((top + y) * width + left) * 4;
        image.set(data.subarray(from, from + cell * 4), y * cell * 4);
      }
      if (image.some((value, i) => i % 4 === 3 && value > 0)) found.push(image);
    }
  }
  const images = new Uint8Array(found.length * cell * cell * 4);
  for (const [i, image] of found.entries()) images.set(image, i * image.length);
  return { images, shape: [found.length, cell, cell, 4] };
}

/**
 * What a data set is, from the normalized files of one of its sets.
 * @throws DataSetError when a file is not what the entry says
 */
export async function decodeDataSet(
  entry: DataSetEntry,
  parts: readonly DataPart[],
  { note }: Pick<FileSet, 'note'> = {},
  { decodePicture }: DecodeOptions = {},
): Promise<LoadedData> {
  const { name, format } = entry;
  const more = note && { note };
  switch (format.type) {
    case 'text':
    case 'lines': {
      const text = parts.map(({ content }) => new TextDecoder().decode(content)).join('\n\n');
      const lines = format.type === 'lines' ? { lines: linesOf(text) } : undefined;
      return { kind: 'text', name, text, ...lines, ...more };
    }
    case 'idx': {
      const { labelNames } = format;
      const train = idxSplit(parts, '', labelNames.length);
      const test = idxSplit(parts, 'test-', labelNames.length);
      return { kind: 'image', name, train, test, labelNames, ...more };
    }
    case 'pixels':
      return { kind: 'image', name, ...decodePixels(format, parts), ...more };
    case 'sheet': {
      if (!decodePicture) {
        throw new DataSetError(
          'data.needsImages',
          `${name} is a PNG, and nothing here reads one: give decodePicture.`,
          { name },
        );
      }
      const sheet = one(parts, 'images');
      const picture = await decodePicture(sheet.content, sheet.name);
      return { kind: 'image', name, train: cutSheet(picture, format, sheet.name), ...more };
    }
    case 'chorales': {
      const pieces = one(parts, 'pieces');
      return {
        kind: 'music',
        name,
        ...decodeChorales(pieces.content, pieces.name),
        stepsPerQuarter: 1,
        ...more,
      };
    }
    case 'table': {
      const table = one(parts, 'table');
      const csv = decodeTable(table.content, format, table.name);
      const { columns, target, rows } = format;
      return { kind: 'table', name, csv, columns, target, rows, ...more };
    }
  }
}
