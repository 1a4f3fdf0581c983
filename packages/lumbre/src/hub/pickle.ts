import { PickleGlobal, type PickleObject, PickleTuple, type PickleValue } from './pickleValues.ts';

/** Gives meaning to what a pickle asks for; whatever it does not know it refuses, by throwing. */
export interface PickleMeaning {
  /** Whether a name may occur at all. */
  allows(name: string): boolean;
  /** What a function of Python makes of its arguments. */
  call(name: string, args: readonly PickleValue[]): PickleValue;
  /** What an id stands for that is kept outside the pickle. */
  persistent(id: PickleValue): PickleObject;
  /** Throws the error of the format, with what is wrong. */
  fail(message: string): never;
}

/** More than this many values at once is no file of tensors. */
const MOST_VALUES = 2 ** 22;
const LONGEST_INTEGER_BYTES = 16;

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

/**
 * Reads one pickle, of protocol 2 to 5 (https://docs.python.org/3/library/pickletools.html), as a language that builds lists,
 * tuples, dictionaries, numbers and texts. In Python a pickle may call any function; here every name has to be known to
 * `meaning`, nothing is looked up and nothing is run.
 */
export class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #meaning: PickleMeaning;
  #at: number;
  #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #made = 0;

  constructor(bytes: Uint8Array, meaning: PickleMeaning, start = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#meaning = meaning;
    this.#at = start;
  }

  /** Where the pickle ended. */
  get position(): number {
    return this.#at;
  }

  read(): PickleValue {
    if (this.#byte() !== 0x80) this.#fail('it does not begin as a pickle of protocol 2 or later');
    const protocol = this.#byte();
    if (protocol < 2 || protocol > 5) this.#fail(`protocol ${protocol} of pickles is not known`);
    for (;;) {
      const op = this.#byte();
      if (op === 0x2e) return this.#pop();
      const plain = this.#plainValue(op);
      // None is a value too.
      const value = plain === undefined ? this.#madeValue(op) : plain;
      if (value === undefined) this.#act(op);
      else this.#stack.push(value);
      if (++this.#made > MOST_VALUES) this.#fail(`it has more than ${MOST_VALUES} parts`);
    }
  }

  #fail(message: string): never {
    return this.#meaning.fail(`${message} (byte ${this.#at} of its pickle)`);
  }

  #take(count: number): number {
    const start = this.#at;
    if (count > this.#bytes.length - start) this.#fail('it ends within a value');
    this.#at += count;
    return start;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  #uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  #uint64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    return value > BigInt(this.#bytes.length) ? this.#fail('it ends within a value') : Number(value);
  }

  #slice(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.subarray(start, start + count);
  }

  #text(count: number): string {
    const bytes = this.#slice(count);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return this.#fail('a text is not UTF-8');
    }
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0 || end - this.#at > 1000) this.#fail('a name does not end');
    const text = this.#text(end - this.#at);
    this.#at++;
    return text;
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) return this.#fail('a value is missing');
    return value;
  }

  /** What was pushed since the last mark. */
  #sinceMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) this.#fail('a mark is missing');
    const values = this.#stack.slice(mark + 1) as PickleValue[];
    this.#stack.length = mark;
    return values;
  }

  /** The value on top, to which something is added. */
  #top<T extends PickleValue>(is: (value: Slot | undefined) => value is T, what: string): T {
    const value = this.#stack.at(-1);
    return is(value) ? value : this.#fail(`${what} is missing`);
  }

  #append(values: readonly PickleValue[]): void {
    const list = this.#top((value): value is PickleValue[] => Array.isArray(value), 'a list');
    for (const value of values) list.push(value);
  }

  #set(values: readonly PickleValue[]): void {
    if (values.length % 2 === 1) this.#fail('a key of a dict has no value');
    const map = this.#top((value): value is Map<PickleValue, PickleValue> => value instanceof Map, 'a dict');
    for (let i = 0; i < values.length; i += 2)
      map.set(values[i] as PickleValue, values[i + 1] as PickleValue);
  }

  #get(index: number): PickleValue {
    const value = this.#memo.get(index);
    return value === undefined ? this.#fail(`it refers to value ${index}, which it has not had`) : value;
  }

  #put(index: number): void {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) this.#fail('a value is missing');
    this.#memo.set(index, value as PickleValue);
  }

  #global(module: string, name: string): PickleGlobal {
    // Python 2 had another name for the module of what is built in.
    const whole = `${module === '__builtin__' ? 'builtins' : module}.${name}`;
    if (!this.#meaning.allows(whole)) {
      this.#meaning.fail(
        `it holds ${JSON.stringify(whole.slice(0, 200))}, which is no tensor. Reading it would mean running what the file ` +
          'says, so it is refused; save the weights alone, torch.save(model.state_dict(), file), or as safetensors',
      );
    }
    return new PickleGlobal(whole);
  }

  #call(): PickleValue {
    const args = this.#pop();
    const called = this.#pop();
    if (!(called instanceof PickleGlobal) || !(args instanceof PickleTuple)) {
      return this.#fail('it calls what is no function');
    }
    return this.#meaning.call(called.name, args.items);
  }

  /** Attributes of an object. Dictionaries of weights have the versions of their modules there: of no use here. */
  #build(): void {
    this.#pop();
    if (!(this.#stack.at(-1) instanceof Map)) this.#fail('it gives attributes to what is no dict');
  }

  #integer(count: number): number | bigint {
    if (count > LONGEST_INTEGER_BYTES) this.#fail(`it has a number of ${count} bytes`);
    const bytes = this.#slice(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
    if (count > 0 && (bytes[count - 1] as number) & 0x80) value -= 1n << BigInt(8 * count);
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : value;
  }

  #tuple(count: number): PickleTuple {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) items.unshift(this.#pop());
    return new PickleTuple(items);
  }

  /** The value that an operation writes out; undefined for other operations. */
  #plainValue(op: number): Slot | undefined {
    switch (op) {
      case 0x28: // MARK
        return MARK;
      case 0x4e: // NONE
        return null;
      case 0x88: // NEWTRUE
        return true;
      case 0x89: // NEWFALSE
        return false;
      case 0x4a: // BININT
        return this.#view.getInt32(this.#take(4), true);
      case 0x4b: // BININT1
        return this.#byte();
      case 0x4d: // BININT2
        return this.#view.getUint16(this.#take(2), true);
      case 0x8a: // LONG1
        return this.#integer(this.#byte());
      case 0x8b: // LONG4
        return this.#integer(this.#uint32());
      case 0x47: // BINFLOAT
        return this.#view.getFloat64(this.#take(8), false);
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING, a text of Python 2
        return this.#text(this.#uint32());
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        return this.#text(this.#byte());
      case 0x8d: // BINUNICODE8
        return this.#text(this.#uint64());
      case 0x43: // SHORT_BINBYTES
        return this.#slice(this.#byte());
      case 0x42: // BINBYTES
        return this.#slice(this.#uint32());
      case 0x8e: // BINBYTES8
        return this.#slice(this.#uint64());
      case 0x5d: // EMPTY_LIST
        return [];
      case 0x7d: // EMPTY_DICT
        return new Map();
      case 0x29: // EMPTY_TUPLE
        return this.#tuple(0);
      default:
        return undefined;
    }
  }

  /** The value that an operation makes of others; undefined for other operations. */
  #madeValue(op: number): Slot | undefined {
    switch (op) {
      case 0x32: // DUP
        return this.#stack.at(-1) ?? this.#fail('a value is missing');
      case 0x6c: // LIST
        return this.#sinceMark();
      case 0x85: // TUPLE1
        return this.#tuple(1);
      case 0x86: // TUPLE2
        return this.#tuple(2);
      case 0x87: // TUPLE3
        return this.#tuple(3);
      case 0x74: // TUPLE
        return new PickleTuple(this.#sinceMark());
      case 0x63: // GLOBAL
        return this.#global(this.#line(), this.#line());
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#pop();
        const module = this.#pop();
        if (typeof module !== 'string' || typeof name !== 'string') return this.#fail('a name is missing');
        return this.#global(module, name);
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ, which differs for classes of Python's own alone
        return this.#call();
      case 0x51: // BINPERSID
        return this.#meaning.persistent(this.#pop());
      case 0x68: // BINGET
        return this.#get(this.#byte());
      case 0x6a: // LONG_BINGET
        return this.#get(this.#uint32());
      default:
        return undefined;
    }
  }

  /** Operations that change what is there. */
  #act(op: number): void {
    switch (op) {
      case 0x95: // FRAME
        this.#take(8);
        break;
      case 0x30: // POP
        if (this.#stack.pop() === undefined) this.#fail('a value is missing');
        break;
      case 0x31: // POP_MARK
        this.#sinceMark();
        break;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        break;
      case 0x65: // APPENDS
        this.#append(this.#sinceMark());
        break;
      case 0x64: {
        // DICT
        const values = this.#sinceMark();
        this.#stack.push(new Map());
        this.#set(values);
        break;
      }
      case 0x73: {
        // SETITEM
        const value = this.#pop();
        this.#set([this.#pop(), value]);
        break;
      }
      case 0x75: // SETITEMS
        this.#set(this.#sinceMark());
        break;
      case 0x62: // BUILD
        this.#build();
        break;
      case 0x71: // BINPUT
        this.#put(this.#byte());
        break;
      case 0x72: // LONG_BINPUT
        this.#put(this.#uint32());
        break;
      case 0x94: // MEMOIZE
        this.#put(this.#memo.size);
        break;
      default:
        this.#fail(
          `it has the operation 0x${op.toString(16).padStart(2, '0')}, which files of tensors do not need`,
        );
    }
  }
}
