import type { JsonReader } from './jsonReader.ts';

export interface AddedTokenOptions {
  /** Only where no letter or digit touches it. Default false. */
  readonly singleWord?: boolean;
  /** Takes the white space before it along. Default false. */
  readonly lstrip?: boolean;
  /** Takes the white space behind it along. Default false. */
  readonly rstrip?: boolean;
  /** Is looked for in the normalized text. Default true, but for special tokens. */
  readonly normalized?: boolean;
  /** Means something to the model and is no text: `decode` can leave it out. Default false. */
  readonly special?: boolean;
}

/** A token that is found in texts before the model sees them, whatever it would make of it. */
export class AddedToken implements Required<AddedTokenOptions> {
  readonly content: string;
  readonly singleWord: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;

  constructor(content: string, options: AddedTokenOptions = {}) {
    this.content = content;
    this.singleWord = options.singleWord ?? false;
    this.lstrip = options.lstrip ?? false;
    this.rstrip = options.rstrip ?? false;
    this.special = options.special ?? false;
    this.normalized = options.normalized ?? !this.special;
  }

  equals(other: AddedToken): boolean {
    return (
      this.content === other.content &&
      this.singleWord === other.singleWord &&
      this.lstrip === other.lstrip &&
      this.rstrip === other.rstrip &&
      this.normalized === other.normalized &&
      this.special === other.special
    );
  }

  toJSON(): Record<string, unknown> {
    return {
      content: this.content,
      single_word: this.singleWord,
      lstrip: this.lstrip,
      rstrip: this.rstrip,
      normalized: this.normalized,
      special: this.special,
    };
  }
}

export function readAddedToken(json: JsonReader): AddedToken {
  return new AddedToken(json.string('content'), {
    singleWord: json.boolean('single_word', false),
    lstrip: json.boolean('lstrip', false),
    rstrip: json.boolean('rstrip', false),
    normalized: json.boolean('normalized', true),
    special: json.boolean('special', false),
  });
}
