import { statSync } from 'node:fs';
import { HubError, openRepository } from '../../hub/index.ts';
import { Tokenizer, TokenizerError } from '../../tokenizers/index.ts';
import { readTokenizerFiles } from '../../tokenizers/pretrained/files.ts';
import { CliError } from '../errors.ts';
import { exists, readBytes } from '../files.ts';

/**
 * Opens a tokenizer: a `tokenizer.json`, a folder with one or with the files of GPT-2's or BERT's, or a model on the hub.
 * @throws CliError for a file that is none; HubError for models that cannot be had
 */
export async function openTokenizer(source: string): Promise<Tokenizer> {
  try {
    if (exists(source) && statSync(source).isFile()) {
      return Tokenizer.fromJSON(new TextDecoder('utf-8', { fatal: true }).decode(readBytes(source)));
    }
    // A name that ends so is a file's, and no model's.
    if (source.endsWith('.json')) throw new CliError((messages) => messages.fileMissing(source));
    const { tokenizer } = await readTokenizerFiles(await openRepository(source));
    return tokenizer;
  } catch (error) {
    if (error instanceof CliError || error instanceof HubError) throw error;
    const isDamage = error instanceof TokenizerError || error instanceof TypeError;
    if (!isDamage) throw error;
    const reason = error.message;
    throw new CliError((messages) => messages.tokenizerDamaged(source, reason), { cause: error });
  }
}
