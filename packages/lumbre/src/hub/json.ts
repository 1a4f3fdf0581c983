/**
 * A strict JSON reader for files that strangers wrote. `JSON.parse` keeps the last of two equal names without a word
 * and puts names into ordinary objects; here a name that occurs twice is an error and objects are Maps, so that a name
 * such as `__proto__` is a name like any other.
 */
export type Json = null | boolean | number | string | Json[] | Map<string, Json>;

/** Deeper nesting than any of our formats has; it bounds the recursion. */
const maximumDepth = 16;

const space = /[\t\n\r ]*/y;
const scalar = /-?\d[\d.eE+-]*|true|false|null/y;

class Reader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fail(expected: string): never {
    throw new SyntaxError(`not valid JSON at character ${this.#position}: expected ${expected}`);
  }

  /** Steps over white space and tells the character after it, `''` at the end. */
  peek(): string {
    space.lastIndex = this.#position;
    space.test(this.#text);
    this.#position = space.lastIndex;
    return this.#text.charAt(this.#position);
  }

  /** Steps over the next character if it is one of `allowed`. */
  take(allowed: string, expected: string): string {
    const character = this.peek();
    if (character === '' || !allowed.includes(character)) this.fail(expected);
    this.#position++;
    return character;
  }

  /** The end of the string that starts here. A loop, since a pattern would run out of stack on a very long one. */
  endOfString(): number {
    for (let end = this.#position + 1; end < this.#text.length; end++) {
      const character = this.#text[end];
      if (character === '"') return end + 1;
      if (character === '\\') end++;
    }
    return this.fail('a closing quote');
  }

  endOfScalar(): number {
    scalar.lastIndex = this.#position;
    return scalar.test(this.#text) ? scalar.lastIndex : this.fail('a value');
  }

  /** A string, a number, true, false or null: the parts where `JSON.parse` can be trusted. */
  scalar(): Json {
    const start = this.#position;
    const end = this.#text[start] === '"' ? this.endOfString() : this.endOfScalar();
    let value: Json;
    try {
      value = JSON.parse(this.#text.slice(start, end));
    } catch {
      return this.fail(`a value instead of ${this.#text.slice(start, Math.min(end, start + 40))}`);
    }
    this.#position = end;
    return value;
  }

  value(depth: number): Json {
    if (depth > maximumDepth) this.fail(`at most ${maximumDepth} levels of nesting`);
    const first = this.peek();
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    return this.scalar();
  }

  object(depth: number): Map<string, Json> {
    const entries = new Map<string, Json>();
    this.take('{', "'{'");
    if (this.peek() === '}') this.take('}', "'}'");
    else {
      do {
        if (this.peek() !== '"') this.fail('a name in quotes');
        const name = this.scalar() as string;
        if (entries.has(name)) this.fail(`each name once, but ${JSON.stringify(name)} occurs twice`);
        this.take(':', "':' after a name");
        entries.set(name, this.value(depth + 1));
      } while (this.take(',}', "',' or '}'") === ',');
    }
    return entries;
  }

  array(depth: number): Json[] {
    const items: Json[] = [];
    this.take('[', "'['");
    if (this.peek() === ']') this.take(']', "']'");
    else {
      do items.push(this.value(depth + 1));
      while (this.take(',]', "',' or ']'") === ',');
    }
    return items;
  }
}

/** @throws SyntaxError with the position, for anything that is not one JSON value with distinct names. */
export function parseJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  if (reader.peek() !== '') reader.fail('nothing after the value');
  return value;
}
