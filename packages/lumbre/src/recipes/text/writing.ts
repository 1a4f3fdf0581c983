import { generate, generateMany, type TokenWriter } from '../../models/index.ts';
import { Generator } from '../../tensor/generator.ts';
import type { Tokenizer } from '../../text/index.ts';
import type { Creation, WriteOptions } from '../recipe.ts';
import { firstToken } from './corpus.ts';

/** What it takes to write texts, whatever the model is. */
export interface Writer {
  readonly model: TokenWriter;
  readonly tokenizer: Tokenizer;
  /** Whether a text ends with its line: stories, names. Others end after a while. */
  readonly endsAtLine: boolean;
}

/** How samples along the way are drawn. */
export const sampling = { temperature: 0.8, topP: 0.95 } as const;

/** More texts side by side are no faster. */
const AT_ONCE = 50;

function beginning({ tokenizer, endsAtLine }: Writer, prompt: string) {
  const first = firstToken(tokenizer);
  // Texts were learned from a line end on: a prompt is the beginning of one.
  const tokens = [first, ...tokenizer.encode(prompt)];
  return { tokens, stop: endsAtLine ? { stopToken: first } : {} };
}

/** Writes on from a beginning, in pieces as they come. */
export async function* writeText(
  writer: Writer,
  prompt: string,
  options: WriteOptions,
): AsyncGenerator<string> {
  const { tokens, stop } = beginning(writer, prompt);
  for await (const token of generate(writer.model, tokens, { ...options, ...stop })) {
    yield writer.tokenizer.decode([token]);
  }
}

/** Writes several texts, side by side. */
export async function writeTexts(
  writer: Writer,
  prompt: string,
  count: number,
  { seed = 0, ...options }: WriteOptions,
): Promise<string[]> {
  const { tokens, stop } = beginning(writer, prompt);
  // Each group draws numbers of its own.
  const generator = new Generator(seed);
  const texts: string[] = [];
  while (texts.length < count && !options.signal?.aborted) {
    const written = await generateMany(writer.model, tokens, Math.min(AT_ONCE, count - texts.length), {
      ...options,
      ...stop,
      generator,
    });
    texts.push(...written.map((ids) => writer.tokenizer.decode(ids)));
  }
  return texts;
}

/** How many names a sample has. */
const NAMES = 20;
const LONGEST_NAME = 40;

/** A sample: a text, or a dozen names. */
export async function writeSample(writer: Writer, maxNewTokens: number, seed: number): Promise<string> {
  if (writer.endsAtLine && maxNewTokens <= LONGEST_NAME) {
    return (await writeTexts(writer, '', NAMES, { ...sampling, maxNewTokens, seed })).join('\n');
  }
  let text = '';
  for await (const piece of writeText(writer, '', { ...sampling, maxNewTokens, seed })) text += piece;
  return text;
}

/** What a model that writes can do. */
export const writes = (writer: Writer): Required<Pick<Creation, 'write' | 'writeMany'>> => ({
  write: (prompt, options) => writeText(writer, prompt, options),
  writeMany: (prompt, count, options) => writeTexts(writer, prompt, count, options),
});
