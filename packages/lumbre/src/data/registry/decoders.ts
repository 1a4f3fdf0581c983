import { damaged } from './errors.ts';
import type { Piece } from './source.ts';

/** Bytes of an IDX file (http://yann.lecun.com/exdb/mnist, in the page's last part) as the array that they are. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTES = 0x08;
const MOST_DIMENSIONS = 4;

/**
 * Reads an IDX file of unsigned bytes, as MNIST's are.
 * @throws DataSetError when the header is another's, or claims other than what follows
 */
export function decodeIdx(bytes: Uint8Array, name: string): IdxArray {
  const [first, second, type, dimensions] = bytes;
  if (bytes.length < 4 || first !== 0 || second !== 0) {
    throw damaged(name, 'it does not begin with two zero bytes, as IDX files do');
  }
  if (type !== UNSIGNED_BYTES) {
    throw damaged(name, `its elements are of type 0x${type?.toString(16)}; 0x8, unsigned bytes, is known`);
  }
  if (dimensions === undefined || dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    throw damaged(name, `it claims ${dimensions} dimensions; 1 to ${MOST_DIMENSIONS} are known`);
  }
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) throw damaged(name, 'it ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== bytes.length - start) {
    throw damaged(name, `shape [${shape}] needs ${size} bytes, and ${bytes.length - start} follow`);
  }
  return { shape, data: bytes.subarray(start) };
}

/**
 * The rows of a NumPy file of bytes, [rows, width]; the last one may be missing in part, since such files are taken from
 * the beginning only. Quick, Draw! is published so.
 * @throws DataSetError when it is another file
 */
export function decodeNpyRows(bytes: Uint8Array, width: number, name: string): Uint8Array {
  const mark = String.fromCharCode(...bytes.subarray(1, 6));
  if (bytes[0] !== 0x93 || mark !== 'NUMPY') throw damaged(name, 'it does not begin as NumPy files do');
  const [major, low = 0, high = 0] = [bytes[6], bytes[8], bytes[9]];
  if (major !== 1) throw damaged(name, `version ${major} of the format is not known here`);
  const start = 10 + low + 256 * high;
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, start));
  const found = /'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \((\d+), (\d+)\)/.exec(header);
  if (found?.[1] !== '|u1' || found[2] !== 'False' || Number(found[4]) !== width) {
    throw damaged(name, `expected bytes in rows of ${width}, got ${header.trim().slice(0, 100)}`);
  }
  const rows = Math.min(Number(found[3]), Math.floor((bytes.length - start) / width));
  return bytes.subarray(start, start + rows * width);
}

/** Whether a file is one of NumPy's. */
export const isNpy = (bytes: Uint8Array): boolean => bytes[0] === 0x93 && bytes[1] === 0x4e;

/** The lines of a text that are not empty. */
export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

const textOf = (bytes: Uint8Array, name: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw damaged(name, 'it is not UTF-8', error);
  }
};

export function decodeJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(textOf(bytes, name));
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(name, `it is no JSON (${error.message})`, error);
    throw error;
  }
}

const isNote = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 127;

export interface Chorales {
  readonly train: readonly Piece[];
  readonly validation: readonly Piece[];
  readonly test: readonly Piece[];
}

/**
 * Reads chorales as Boulanger-Lewandowski et al. (2012) encoded them, in JSON: `train`, `valid` and `test`, each a list of
 * pieces, which are lists of steps, which are lists of the MIDI numbers that sound.
 * @throws DataSetError when anything is another type, or a note is out of range
 */
export function decodeChorales(bytes: Uint8Array, name: string): Chorales {
  const json = decodeJson(bytes, name);
  if (typeof json !== 'object' || json === null) throw damaged(name, 'it is no object of pieces');
  const part = (key: string): Piece[] => {
    const pieces = (json as Record<string, unknown>)[key];
    if (!Array.isArray(pieces)) throw damaged(name, `it has no list '${key}'`);
    return pieces.map((piece: unknown, i) => {
      if (!Array.isArray(piece)) throw damaged(name, `piece ${i} of '${key}' is no list of steps`);
      return piece.map((step: unknown, j) => {
        if (!Array.isArray(step) || !step.every(isNote)) {
          throw damaged(name, `step ${j} of piece ${i} of '${key}' is no list of MIDI numbers from 0 to 127`);
        }
        return Int32Array.from(step).sort();
      });
    });
  };
  return { train: part('train'), validation: part('valid'), test: part('test') };
}

export interface TableShape {
  readonly columns: readonly string[];
  readonly target: string;
  readonly rows: number;
  readonly head: 'names' | 'none' | 'counts';
  readonly classes?: readonly string[];
}

/**
 * A table as CSV with a line of column names first, and its classes by their names. Parsing values is for a reader of CSV:
 * only the number of rows and fields is looked at, and that no field is quoted.
 * @throws DataSetError when rows or fields are missing, or too many
 */
export function decodeTable(bytes: Uint8Array, shape: TableShape, name: string): string {
  const { columns, target, rows, head, classes } = shape;
  const lines = linesOf(textOf(bytes, name));
  const first = head === 'none' ? undefined : lines.shift();
  if (head === 'names' && first !== columns.join(',')) {
    throw damaged(name, `expected the columns ${columns.join(',')}, got ${first?.slice(0, 200)}`);
  }
  if (lines.length !== rows) throw damaged(name, `expected ${rows} rows, got ${lines.length}`);
  const at = columns.indexOf(target);
  const written = lines.map((line, i) => {
    const fields = line.split(',');
    if (fields.length !== columns.length || line.includes('"')) {
      throw damaged(name, `row ${i + 1} has ${fields.length} fields, expected ${columns.length}`);
    }
    if (!classes) return line;
    const label = classes[Number(fields[at])];
    if (label === undefined)
      throw damaged(name, `row ${i + 1} is of class ${fields[at]}, which is not known`);
    fields[at] = label;
    return fields.join(',');
  });
  return `${[columns.join(','), ...written].join('\n')}\n`;
}
