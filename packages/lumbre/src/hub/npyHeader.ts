import { type ElementKind, elementBytes } from './storedArray.ts';

/**
 * The header of a .npy file (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a mark, a version,
 * a length, and a Python dictionary as text. It is read by a grammar of its own, which knows no more of Python than these
 * dictionaries need, and nothing is evaluated.
 */
export interface NpyHeader {
  readonly kind: ElementKind;
  readonly bigEndian: boolean;
  /** Whether the first index changes fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly dataStart: number;
}

/** A file that is not what it should be, or holds what tensors cannot. The message says what is wrong. */
export class NpyError extends Error {
  override readonly name = 'NpyError';
  readonly code = 'hub.npy';
}

function fail(message: string): never {
  throw new NpyError(
    `npy: ${message}. The file is damaged or of another format; write it again with numpy.save.`,
  );
}

/** NumPy's own limit for files that it does not trust. */
const MOST_HEADER_BYTES = 10_000;
/** NumPy's limit. */
const MOST_DIMENSIONS = 64;

const MARK = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's kinds of elements with their bytes, as far as tensors hold them. */
const kinds: Readonly<Record<string, ElementKind>> = {
  b1: 'BOOL',
  u1: 'U8',
  u2: 'U16',
  u4: 'U32',
  u8: 'U64',
  i1: 'I8',
  i2: 'I16',
  i4: 'I32',
  i8: 'I64',
  f2: 'F16',
  f4: 'F32',
  f8: 'F64',
};

/** @throws NpyError for anything that the format does not allow, and for what tensors cannot hold. */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 10 || MARK.some((byte, i) => bytes[i] !== byte)) {
    fail(`expected the mark '\\x93NUMPY', a version and a length, got ${bytes.length} bytes without them`);
  }
  const [major, minor] = [bytes[6] as number, bytes[7] as number];
  if (major < 1 || major > 3 || minor !== 0) fail(`version ${major}.${minor} of the format is not known`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) fail('it ends within the length of its header');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER_BYTES) {
    fail(`its header claims ${length} bytes, more than the ${MOST_HEADER_BYTES} that are allowed`);
  }
  const dataStart = start + length;
  if (dataStart > bytes.length)
    fail(`its header claims ${length} bytes, but only ${bytes.length - start} follow`);
  // Up to version 2 the text is Latin-1; all that is allowed in it is ASCII.
  const text = new TextDecoder('utf-8').decode(bytes.subarray(start, dataStart));
  const header = { ...new HeaderReader(text).read(), dataStart };
  const size = header.shape.reduce((product, n) => product * n, elementBytes[header.kind]);
  if (size !== bytes.length - dataStart) {
    fail(`shape (${header.shape.join(', ')}) needs ${size} bytes, but ${bytes.length - dataStart} are there`);
  }
  return header;
}

const space = /[ \t\n\r]*/y;
/** A string without escapes: descriptions and names of fields have none. */
const quoted = /'([^'\\\n]*)'|"([^"\\\n]*)"/y;
const truth = /True|False/y;
/** Python 2 wrote an L after its long integers. */
const integer = /(\d{1,16})L?/y;

/** Reads the dictionary, from left to right. */
class HeaderReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Omit<NpyHeader, 'dataStart'> {
    let type: Pick<NpyHeader, 'kind' | 'bigEndian'> | undefined;
    let fortranOrder: boolean | undefined;
    let shape: readonly number[] | undefined;
    this.#take('{');
    while (!this.#takeIf('}')) {
      const name = this.#string('a name in quotes');
      this.#take(':');
      if (name === 'descr' && !type) type = this.#type();
      else if (name === 'fortran_order' && fortranOrder === undefined)
        fortranOrder = this.#match(truth, 'True or False')[0] === 'True';
      else if (name === 'shape' && !shape) shape = this.#shape();
      else
        fail(
          `its header has ${JSON.stringify(name)}, or has it twice; expected descr, fortran_order and shape`,
        );
      if (!this.#takeIf(',')) {
        this.#take('}');
        break;
      }
    }
    this.#skip();
    if (this.#position < this.#text.length) this.#expected('nothing after the dictionary');
    if (!type || fortranOrder === undefined || !shape) {
      return fail('its header lacks one of descr, fortran_order and shape');
    }
    return { ...type, fortranOrder, shape };
  }

  #type(): Pick<NpyHeader, 'kind' | 'bigEndian'> {
    this.#skip();
    if (this.#text[this.#position] === '[') {
      throw new NpyError(
        'npy: this is a structured array, of records. Save its fields one by one: numpy.savez(file, **{name: a[name]}).',
      );
    }
    const description = this.#string('the description of a dtype in quotes');
    const [order, name] = [description.slice(0, 1), description.slice(1)];
    if (name.startsWith('O')) {
      throw new NpyError(
        'npy: this array holds Python objects, pickled. Reading them would mean running what the file says, so they are ' +
          'refused; save numbers instead: numpy.save(file, numpy.array(a, dtype=numpy.float32)).',
      );
    }
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (!kind || !'<>|'.includes(order) || order === '' || (order === '|' && elementBytes[kind] > 1)) {
      throw new NpyError(
        `npy: no dtype here holds ${JSON.stringify(description)}; known are ${Object.keys(kinds).join(', ')}, after < or ` +
          '> for the order of bytes. Convert the array with .astype() before it is saved.',
      );
    }
    return { kind, bigEndian: order === '>' };
  }

  #shape(): number[] {
    this.#take('(');
    const shape: number[] = [];
    while (!this.#takeIf(')')) {
      const size = Number(this.#match(integer, 'a size')[1]);
      if (!Number.isSafeInteger(size)) fail(`its header has the size ${size}`);
      if (shape.push(size) > MOST_DIMENSIONS) fail(`it has more than ${MOST_DIMENSIONS} dimensions`);
      if (this.#takeIf(',')) continue;
      // Parentheses around one number alone are a number and no tuple.
      if (shape.length === 1) this.#expected("',' after the only size");
      this.#take(')');
      break;
    }
    return shape;
  }

  #string(expected: string): string {
    const match = this.#match(quoted, expected);
    return match[1] ?? match[2] ?? '';
  }

  #match(pattern: RegExp, expected: string): RegExpExecArray {
    this.#skip();
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (!match) return this.#expected(expected);
    this.#position = pattern.lastIndex;
    return match;
  }

  #skip(): void {
    space.lastIndex = this.#position;
    space.test(this.#text);
    this.#position = space.lastIndex;
  }

  #takeIf(character: string): boolean {
    this.#skip();
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #take(character: string): void {
    if (!this.#takeIf(character)) this.#expected(`'${character}'`);
  }

  #expected(what: string): never {
    return fail(`its header is not as expected at character ${this.#position}: expected ${what}`);
  }
}
