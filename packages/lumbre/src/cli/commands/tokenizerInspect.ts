import type { Tokenizer } from '../../tokenizers/index.ts';
import { type Context, printable, wrap } from '../io.ts';
import { openTokenizer } from '../tokenizers/open.ts';

/** How many of the longest tokens are shown. */
const LONGEST = 8;
/** Special tokens are listed as long as they are so few. */
const MOST_LISTED = 24;

/** A stage's type, and those that it is made of. */
function stageName(json: unknown): string | null {
  if (json === null || typeof json !== 'object') return null;
  const stage = json as Record<string, unknown>;
  const parts = ['normalizers', 'pretokenizers', 'decoders', 'processors'].flatMap(
    (name) => stage[name] ?? [],
  );
  if (parts.length === 0) return String(stage.type);
  return parts.map((part) => stageName(part)).join(' → ');
}

/** What there is to say of a tokenizer. */
function describe(tokenizer: Tokenizer) {
  const json = tokenizer.toJSON();
  const model = json.model as { readonly type: string; readonly merges?: readonly unknown[] } & Record<
    string,
    unknown
  >;
  const added = [...tokenizer.addedTokens].sort(([a], [b]) => a - b);
  const isAdded = new Set(added.map(([, { content }]) => content));
  const texts = [...tokenizer.vocab({ withAddedTokens: false })]
    .filter(([token]) => !isAdded.has(token))
    // As they are read, and not as they are written down: a byte-level token is not its letters.
    .map(([token, id]) => ({
      id,
      text: tokenizer.decoder ? tokenizer.decoder.decodeChain([token]).join('') : token,
    }));
  const length = (text: string): number => [...text].length;
  const total = texts.reduce((sum, { text }) => sum + length(text), 0);
  const longest = [...texts].sort((a, b) => length(b.text) - length(a.text) || a.id - b.id).slice(0, LONGEST);
  const list = (special: boolean) =>
    added.filter(([, token]) => token.special === special).map(([id, { content }]) => ({ id, content }));
  return {
    model: model.type,
    vocabSize: tokenizer.vocabSize,
    merges: model.merges?.length ?? null,
    unknown: unknownToken(model),
    normalizer: stageName(json.normalizer),
    preTokenizer: stageName(json.pre_tokenizer),
    postProcessor: stageName(json.post_processor),
    decoder: stageName(json.decoder),
    special: list(true),
    added: list(false),
    meanLength: texts.length === 0 ? 0 : total / texts.length,
    longest,
  };
}

function unknownToken(model: Record<string, unknown>): string | null {
  if (typeof model.unk_token === 'string') return model.unk_token;
  const { unk_id: id, vocab } = model;
  const entry = typeof id === 'number' && Array.isArray(vocab) ? (vocab[id] as unknown[]) : undefined;
  return typeof entry?.[0] === 'string' ? entry[0] : null;
}

/** `lumbre tokenizer inspect TOKENIZER`: its stages, its special tokens, and what its vocabulary is like. */
export async function inspectTokenizer(source: string, json: boolean, context: Context): Promise<void> {
  const { output, messages, format, theme } = context;
  const facts = describe(await openTokenizer(source));
  if (json) {
    output.write(`${JSON.stringify({ type: 'tokenizer', ...facts })}\n`);
    return;
  }
  const none = theme.muted(messages.tokenizerNone);
  const tokens = (list: readonly { readonly id: number; readonly content: string }[]): string => {
    const shown = list.slice(0, MOST_LISTED).map(({ id, content }) => `${printable(content)} (${id})`);
    return [...shown, ...(list.length > MOST_LISTED ? ['…'] : [])].join(', ');
  };
  const quoted = facts.longest.map(({ text }) => `«${printable(text).replaceAll('\n', '↵')}»`).join(' ');
  const rows: (readonly [label: string, value: string | null])[] = [
    [messages.tokenizerModel, facts.model],
    [messages.tokenizerTokens, format.integer(facts.vocabSize)],
    [messages.tokenizerMerges, facts.merges === null ? null : format.integer(facts.merges)],
    [messages.tokenizerUnknown, facts.unknown ?? none],
    [messages.tokenizerNormalizer, facts.normalizer ?? none],
    [messages.tokenizerPreTokenizer, facts.preTokenizer ?? none],
    [messages.tokenizerPostProcessor, facts.postProcessor ?? none],
    [messages.tokenizerDecoder, facts.decoder ?? none],
    [messages.tokenizerSpecial, facts.special.length > 0 ? tokens(facts.special) : none],
    [messages.tokenizerAdded, facts.added.length > 0 ? tokens(facts.added) : null],
    [messages.tokenizerMeanLength, messages.tokenizerCharacters(format.number(facts.meanLength, 2))],
    [messages.tokenizerLongest, quoted],
  ];
  const told = rows.filter((row): row is readonly [string, string] => row[1] !== null);
  const column = Math.max(...told.map(([label]) => label.length)) + 2;
  const width = Math.max(20, Math.min(output.columns ?? 80, 100) - column - 4);
  output.write('\n');
  for (const [label, value] of told) {
    // A colour is no word to be broken.
    const lines = value === none ? [value] : wrap(value, width);
    lines.forEach((line, i) => {
      output.write(`  ${theme.muted((i === 0 ? label : '').padEnd(column))}${line}\n`);
    });
  }
  output.write('\n');
}
