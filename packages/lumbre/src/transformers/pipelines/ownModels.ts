import { type Repository, readWeights } from '../../hub/index.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { BpeTokenizer, tokenizerFromJSON } from '../../text/index.ts';
import { Encoding } from '../../tokenizers/index.ts';
import { BertForMaskedLM, type BertOptions } from '../encoders/index.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';

/** Models that this project's recipe `bert` trained: folders with a `config.json` of their own kind. */

const MOST_BYTES = 2 ** 22;

/** Whether a folder was written by the recipe. */
export async function isOwnBert(repository: Repository): Promise<boolean> {
  if (!(await repository.has('config.json'))) return false;
  const config = await repository.json('config.json', { maxBytes: MOST_BYTES });
  return config instanceof Map && config.get('recipe') === 'bert' && config.get('model_type') === undefined;
}

/** Opens it. @throws RangeError for a configuration that makes no sense; Error for weights that do not fit */
export async function openOwnBert(
  repository: Repository,
  device: string | undefined,
): Promise<{ readonly model: BertForMaskedLM; readonly tokenizer: PipelineTokenizer }> {
  const text = new TextDecoder().decode(await repository.read('config.json', { maxBytes: MOST_BYTES }));
  const { config } = JSON.parse(text) as { readonly config?: { readonly model?: BertOptions } };
  const written = new TextDecoder().decode(await repository.read('tokenizer.json'));
  const tokenizer = tokenizerFromJSON(JSON.parse(written));
  if (!(tokenizer instanceof BpeTokenizer) || !config?.model) {
    throw new Error(
      `pipeline: ${repository.name} is damaged: its tokenizer or configuration is none of the recipe 'bert'.`,
    );
  }
  const model = new BertForMaskedLM(config.model, device === undefined ? {} : { device });
  const own = model.stateDict();
  const state = new Map<string, Tensor>();
  try {
    for await (const [name, array] of readWeights(repository, { only: (name: string) => own.has(name) })) {
      state.set(name, tensor(array.data, { shape: array.shape, dtype: array.dtype, device: model.device }));
    }
    model.loadStateDict(state);
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    for (const value of state.values()) value.dispose();
  }
  return { model: model.eval(), tokenizer: ownTokenizer(tokenizer, model.config.maxPositionEmbeddings) };
}

/** For pipelines, the recipe's tokenizer: words were learned with a space before them. */
function ownTokenizer(tokenizer: BpeTokenizer, modelMaxLength: number): PipelineTokenizer {
  const id = (token: string) => tokenizer.idOf(token);
  const special = new Set(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map(id));
  return {
    encode(text, { addSpecialTokens = true, truncation } = {}) {
      const spaced = text.startsWith(' ') || text.startsWith('[MASK]') ? text : ` ${text}`;
      const around = addSpecialTokens ? 2 : 0;
      const inside = [...tokenizer.encode(spaced)].slice(
        0,
        truncation ? truncation.maxLength - around : undefined,
      );
      const ids = addSpecialTokens ? [id('[CLS]'), ...inside, id('[SEP]')] : inside;
      return new Encoding({
        ids,
        typeIds: ids.map(() => 0),
        tokens: ids.map((one) => tokenizer.decode([one])),
        wordIds: ids.map(() => null),
        offsets: ids.map(() => [0, 0] as const),
        specialTokensMask: ids.map((_, i) => (addSpecialTokens && (i === 0 || i === ids.length - 1) ? 1 : 0)),
        attentionMask: ids.map(() => 1),
      });
    },
    decode: (ids, { skipSpecialTokens = false } = {}) =>
      tokenizer.decode(skipSpecialTokens ? ids.filter((one) => !special.has(one)) : ids).trim(),
    tokenToId(token) {
      const [only, ...more] = tokenizer.encode(` ${token}`);
      return more.length === 0 ? only : undefined;
    },
    tokensToString: (tokens) => tokens.join(''),
    maskToken: '[MASK]',
    maskTokenId: id('[MASK]'),
    padTokenId: id('[PAD]'),
    clsTokenId: id('[CLS]'),
    unkTokenId: id('[UNK]'),
    paddingSide: 'right',
    modelMaxLength,
    marksContinuation: false,
  };
}
