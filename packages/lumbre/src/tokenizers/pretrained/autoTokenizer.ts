import { type HubOptions, openRepository, type Repository } from '../../hub/index.ts';
import type { Tokenizer } from '../tokenizer.ts';
import {
  BertTokenizer,
  DistilBertTokenizer,
  GPT2Tokenizer,
  LlamaTokenizer,
  Qwen2Tokenizer,
  RobertaTokenizer,
} from './families.ts';
import { readTokenizerFiles, type TokenizerFiles } from './files.ts';
import { PreTrainedTokenizer } from './preTrainedTokenizer.ts';

type TokenizerClass = new (tokenizer: Tokenizer, files: TokenizerFiles) => PreTrainedTokenizer;

/** By the `model_type` of `config.json`, for tokenizers that do not say what they are. */
const byModel: ReadonlyMap<string, TokenizerClass> = new Map<string, TokenizerClass>([
  ['gpt2', GPT2Tokenizer],
  ['gpt_neo', GPT2Tokenizer],
  ['bert', BertTokenizer],
  ['distilbert', DistilBertTokenizer],
  ['roberta', RobertaTokenizer],
  ['llama', LlamaTokenizer],
  ['mistral', LlamaTokenizer],
  ['qwen2', Qwen2Tokenizer],
]);

const byName: ReadonlyMap<string, TokenizerClass> = new Map<string, TokenizerClass>(
  [GPT2Tokenizer, BertTokenizer, DistilBertTokenizer, RobertaTokenizer, LlamaTokenizer, Qwen2Tokenizer].map(
    (one) => [one.tokenizerClass, one],
  ),
);

async function modelType(repository: Repository): Promise<string | undefined> {
  if (!(await repository.has('config.json'))) return undefined;
  const config = await repository.json('config.json');
  const type = config instanceof Map ? config.get('model_type') : undefined;
  return typeof type === 'string' ? type : undefined;
}

/** Finds out which tokenizer a model has. */
export const AutoTokenizer = {
  /**
   * The tokenizer of a model, of the class that its files name.
   * @param source a model's name on the hub, a folder or an address (see `openRepository`), or a repository
   * @throws HubError when there is no such model or it has no tokenizer; TokenizerError for files that have no sense
   */
  async fromPretrained(source: string | Repository, options: HubOptions = {}): Promise<PreTrainedTokenizer> {
    const repository = await openRepository(source, options);
    const files = await readTokenizerFiles(repository);
    const told = files.config.get('tokenizer_class');
    // `GPT2TokenizerFast` is the same here.
    const named = typeof told === 'string' ? byName.get(told.replace(/Fast$/, '')) : undefined;
    const Class =
      named ??
      (typeof told === 'string' ? undefined : byModel.get((await modelType(repository)) ?? '')) ??
      PreTrainedTokenizer;
    return new Class(files.tokenizer, files);
  },
};
