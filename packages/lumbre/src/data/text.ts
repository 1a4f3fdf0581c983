/** Why a text cannot be used. `code` and `values` let a program say it in another language. */
export class TextError extends Error {
  override readonly name = 'TextError';
  readonly code: 'text.empty' | 'text.utf16' | 'text.notUtf8' | 'text.binary' | 'text.tooShort';
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: TextError['code'], message: string, values: TextError['values']) {
    super(message);
    this.code = code;
    this.values = values;
  }
}

/** Where the first byte is that is no UTF-8. A replacement character that is in the text itself is no error. */
function firstInvalidByte(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let offset = 0;
  let start = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', start)) {
    offset += encoder.encode(text.slice(start, at)).length;
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    start = at + 1;
  }
  return offset;
}

/**
 * Reads the bytes of a text file: UTF-8, with or without a byte order mark; line ends become `\n`.
 *
 * @param name what to call the text in messages: its file name
 * @throws TextError for a text that is empty, in another encoding, or no text at all.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const values = { name };
  if (bytes.length === 0) {
    throw new TextError('text.empty', `${name} is empty; give a text file with something in it.`, values);
  }
  const start = ((bytes[0] as number) << 8) | (bytes[1] ?? 0);
  if (start === 0xfffe || start === 0xfeff) {
    throw new TextError('text.utf16', `${name} is UTF-16; save it as UTF-8 and try again.`, values);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const offset = firstInvalidByte(bytes);
    throw new TextError(
      'text.notUtf8',
      `${name} is not UTF-8: byte ${offset} does not fit. Save it as UTF-8 and try again; for an older file: ` +
        `iconv -f ISO-8859-1 -t UTF-8 ${name} > utf8.txt`,
      { name, offset },
    );
  }
  if (text.includes('\0')) {
    throw new TextError(
      'text.binary',
      `${name} has null bytes: it is no plain text. Give a .txt file.`,
      values,
    );
  }
  if (text.trim() === '') {
    throw new TextError('text.empty', `${name} is empty; give a text file with something in it.`, values);
  }
  return text.replace(/\r\n?/g, '\n');
}

/** The first part of the tokens for training, the rest for validation, as nanoGPT splits them. */
export function splitTokens(
  tokens: Int32Array,
  validationFraction = 0.1,
): { readonly train: Int32Array; readonly validation: Int32Array } {
  const border = Math.floor(tokens.length * (1 - validationFraction));
  return { train: tokens.subarray(0, border), validation: tokens.subarray(border) };
}
