import type { Direction, Encoding } from './encoding.ts';
import type { JsonReader } from './jsonReader.ts';
import { TokenizerError } from './tokenizerError.ts';

export interface PaddingOptions {
  /** How long all are made; null, as long as the longest of a batch. Default null. */
  readonly length?: number | null;
  /** Default `right`. */
  readonly direction?: Direction;
  /** Rounds the length up, for machines that like it. Default null. */
  readonly padToMultipleOf?: number | null;
  /** Default 0. */
  readonly padId?: number;
  /** Default 0. */
  readonly padTypeId?: number;
  /** Default `[PAD]`. */
  readonly padToken?: string;
}

/** Padding beyond this would fill the memory, and no model reads as much. */
const LONGEST = 2 ** 24;

/** Fills up the encodings of a batch to one length. */
export function padEncodings(encodings: readonly Encoding[], options: PaddingOptions): void {
  let length = options.length ?? 0;
  if (options.length == null) for (const one of encodings) length = Math.max(length, one.length);
  const multiple = options.padToMultipleOf ?? 0;
  if (multiple > 0) length = Math.ceil(length / multiple) * multiple;
  if (length > LONGEST) throw new TokenizerError(`Padding: ${length} tokens are more than ${LONGEST}.`);
  for (const one of encodings) {
    one.pad(length, {
      id: options.padId ?? 0,
      typeId: options.padTypeId ?? 0,
      token: options.padToken ?? '[PAD]',
      direction: options.direction ?? 'right',
    });
  }
}

export function readPadding(json: JsonReader): PaddingOptions {
  const fixed = json.get('strategy') !== 'BatchLongest';
  return {
    length: fixed ? json.object('strategy').integer('Fixed') : null,
    direction: json.oneOf('direction', ['Left', 'Right']) === 'Left' ? 'left' : 'right',
    padToMultipleOf: json.present('pad_to_multiple_of') ? json.integer('pad_to_multiple_of') : null,
    padId: json.integer('pad_id'),
    padTypeId: json.integer('pad_type_id'),
    padToken: json.string('pad_token'),
  };
}

export const paddingToJSON = (options: PaddingOptions): Record<string, unknown> => ({
  strategy: options.length == null ? 'BatchLongest' : { Fixed: options.length },
  direction: options.direction === 'left' ? 'Left' : 'Right',
  pad_to_multiple_of: options.padToMultipleOf ?? null,
  pad_id: options.padId ?? 0,
  pad_type_id: options.padTypeId ?? 0,
  pad_token: options.padToken ?? '[PAD]',
});
