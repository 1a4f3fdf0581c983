import { readTextFile } from '../../node/index.ts';
import { usageError } from '../errors.ts';
import { type Context, wrap } from '../io.ts';
import { openTokenizer } from '../tokenizers/open.ts';
import { colouredPieces, piecesOf } from '../tokenizers/pieces.ts';

export interface EncodeTokenizerOptions {
  /** A file instead of a text on the command line. */
  readonly file?: string;
  readonly special: boolean;
  readonly json: boolean;
}

const WIDEST = 96;

/** `lumbre tokenizer encode TOKENIZER TEXT`: the tokens of a text, as they lie in it, and their ids. */
export async function encodeWithTokenizer(
  source: string,
  words: readonly string[],
  { file, special, json }: EncodeTokenizerOptions,
  context: Context,
): Promise<void> {
  const { output, messages, format, theme } = context;
  if (words.length === 0 && file === undefined) throw usageError((messages) => messages.tokenizerNeedText);
  if (words.length > 0 && file !== undefined) throw usageError((messages) => messages.tokenizerOneText);
  const tokenizer = await openTokenizer(source);
  const text = file === undefined ? words.join(' ') : await readTextFile(file);
  const encoding = tokenizer.encode(text, { addSpecialTokens: special });
  const { ids, tokens, offsets } = encoding;
  const characters = [...text].length;
  if (json) {
    output.write(`${JSON.stringify({ type: 'encoding', text, ids, tokens, offsets, characters })}\n`);
    return;
  }
  const indented = (lines: string): string => lines.replace(/^/gm, '  ');
  const width = Math.min(WIDEST, output.columns ?? WIDEST) - 4;
  output.write(`\n${indented(colouredPieces(piecesOf(text, encoding), context))}\n\n`);
  const count = messages.tokenizerCount(
    format.integer(ids.length),
    ids.length,
    format.integer(characters),
    characters,
  );
  const perToken =
    ids.length > 0 ? messages.tokenizerPerToken(format.number(characters / ids.length, 2)) : undefined;
  output.write(`  ${[theme.strong(count), perToken && theme.muted(perToken)].filter(Boolean).join('  ')}\n`);
  const list = wrap(`${messages.tokenizerIds}: ${ids.join(' ')}`, width).join('\n');
  output.write(`${indented(theme.muted(list))}\n\n`);
}
