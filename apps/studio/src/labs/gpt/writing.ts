import { type GPT, generate } from 'lumbre/models';
import { type Tokenizer, UnknownCharacterError } from 'lumbre/text';
import { LaboratoryError } from './problem.ts';

/** How samples are drawn, as the command line draws its own. */
const SAMPLING = { temperature: 0.8, topP: 0.95 } as const;

/** Texts were learned from a line end on, where the alphabet has one: so begins the context of every prompt. */
const firstToken = (tokenizer: Tokenizer): number =>
  tokenizer.covers('\n') ? (tokenizer.encode('\n')[0] as number) : 0;

/**
 * The tokens of a text that is to be continued.
 * @throws LaboratoryError that names the first character that the model does not know
 */
export function contextOf(tokenizer: Tokenizer, text: string): number[] {
  try {
    return [firstToken(tokenizer), ...tokenizer.encode(text)];
  } catch (error) {
    if (error instanceof UnknownCharacterError)
      throw new LaboratoryError('unknownCharacter', error.character);
    throw error;
  }
}

export interface SampleOptions {
  readonly prompt: string;
  readonly seed: number;
  /** Whether a text ends with its line. */
  readonly endsAtLine: boolean;
}

/** A text with its beginning: the same one from the same weights. */
export async function writeSample(
  model: GPT,
  tokenizer: Tokenizer,
  { prompt, seed, endsAtLine }: SampleOptions,
): Promise<string> {
  const byCharacter = tokenizer.toJSON().type === 'char';
  const written: number[] = [];
  const options = {
    ...SAMPLING,
    seed,
    maxNewTokens: endsAtLine ? 250 : byCharacter ? 160 : 60,
    ...(endsAtLine && { stopToken: firstToken(tokenizer) }),
  };
  for await (const token of generate(model, contextOf(tokenizer, prompt), options)) written.push(token);
  return prompt + tokenizer.decode(written);
}
