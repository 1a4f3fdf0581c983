import { shown, TokenizerError } from './tokenizerError.ts';

/** How deep components may lie in each other (a Sequence in a Sequence …); it bounds the recursion of readers. */
const DEEPEST = 16;

/**
 * The fields of one JSON object from a file that a stranger wrote, each looked at before it is used. Only the object's own
 * fields are seen, so that `__proto__` or `constructor` is a name like any other. Fields that nobody asks for are passed
 * over, as Hugging Face's library does.
 */
export class JsonReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  /** Where it stands in the file: `pre_tokenizer.pretokenizers[1]`. */
  readonly path: string;
  readonly #depth: number;

  /** @throws TokenizerError for what is no object, or lies too deep. */
  constructor(value: unknown, path: string, depth = 0) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw new TokenizerError(`${path} should be an object, and is ${shown(value)}.`);
    }
    if (depth > DEEPEST) {
      throw new TokenizerError(`${path} lies deeper than ${DEEPEST} levels, which no tokenizer needs.`);
    }
    this.#fields = value as Record<string, unknown>;
    this.path = path;
    this.#depth = depth;
  }

  fail(name: string, expected: string, got: unknown): never {
    throw new TokenizerError(
      `${this.path}.${name} should be ${expected}, and is ${got === undefined ? 'missing' : shown(got)}.`,
    );
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  /** The field as it is; undefined when it is missing. */
  get(name: string): unknown {
    return this.has(name) ? this.#fields[name] : undefined;
  }

  /** All fields, as they are. */
  fields(): [string, unknown][] {
    return Object.entries(this.#fields);
  }

  /** Whether there is something that is not null. */
  present(name: string): boolean {
    return (this.get(name) ?? null) !== null;
  }

  string(name: string, fallback?: string): string {
    const value = this.get(name) ?? fallback;
    return typeof value === 'string' ? value : this.fail(name, 'a string', value);
  }

  /** A string, or null where it is null or missing. */
  stringOrNull(name: string): string | null {
    return this.present(name) ? this.string(name) : null;
  }

  /** One character, which may be two UTF-16 units. */
  character(name: string, fallback?: string): string {
    const value = this.string(name, fallback);
    return [...value].length === 1 ? value : this.fail(name, 'one character', value);
  }

  boolean(name: string, fallback?: boolean): boolean {
    const value = this.get(name) ?? fallback;
    return typeof value === 'boolean' ? value : this.fail(name, 'true or false', value);
  }

  number(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    return typeof value === 'number' && Number.isFinite(value) ? value : this.fail(name, 'a number', value);
  }

  /** A whole number from 0 to 2^31 - 1, as ids and lengths are. */
  integer(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    return isId(value) ? value : this.fail(name, 'a whole number from 0 to 2147483647', value);
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.get(name) ?? fallback;
    const found = choices.find((choice) => choice === value);
    return found ?? this.fail(name, `one of ${choices.join(', ')}`, value);
  }

  list(name: string): readonly unknown[] {
    const value = this.get(name);
    return Array.isArray(value) ? value : this.fail(name, 'a list', value);
  }

  /** The names and values of a field that is a dictionary. */
  entries(name: string): [string, unknown][] {
    const value = this.get(name);
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      return this.fail(name, 'an object', value);
    return Object.entries(value as Record<string, unknown>);
  }

  object(name: string): JsonReader {
    return new JsonReader(this.get(name), `${this.path}.${name}`, this.#depth + 1);
  }

  objects(name: string): JsonReader[] {
    return this.list(name).map(
      (value, i) => new JsonReader(value, `${this.path}.${name}[${i}]`, this.#depth + 1),
    );
  }
}

/** Whether it can be a token's id. */
export const isId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff;
