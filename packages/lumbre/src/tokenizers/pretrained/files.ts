import { HubError, type Repository } from '../../hub/index.ts';
import { JsonReader } from '../jsonReader.ts';
import { bertTokenizer, gpt2Tokenizer } from '../legacy.ts';
import { Tokenizer } from '../tokenizer.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';

/** What a repository has for a tokenizer. */
export interface TokenizerFiles {
  readonly tokenizer: Tokenizer;
  /** `tokenizer_config.json`, empty where there is none. */
  readonly config: JsonReader;
  /** `special_tokens_map.json`, empty where there is none. */
  readonly specialTokens: JsonReader;
  /** By name; the one that is meant without a name is `default`. */
  readonly chatTemplates: ReadonlyMap<string, string>;
}

const decoder = new TextDecoder();

async function readText(repository: Repository, path: string): Promise<string | undefined> {
  return (await repository.has(path)) ? decoder.decode(await repository.read(path)) : undefined;
}

async function readJson(repository: Repository, path: string): Promise<JsonReader> {
  const text = await readText(repository, path);
  if (text === undefined) return new JsonReader({}, path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TokenizerError(
      `${path} of ${repository.name} is no JSON: ${error instanceof Error ? error.message : shown(error)}`,
    );
  }
  return new JsonReader(value, path);
}

const flag = (config: JsonReader, name: string): boolean | undefined => {
  const value = config.get(name);
  return typeof value === 'boolean' ? value : undefined;
};

/** The names that vocabularies and merges have had. */
const merged = [
  ['vocab.json', 'merges.txt'],
  ['encoder.json', 'vocab.bpe'],
] as const;

async function readTokenizer(repository: Repository, config: JsonReader): Promise<Tokenizer> {
  const json = await readText(repository, 'tokenizer.json');
  if (json !== undefined) return Tokenizer.fromJSON(json);
  for (const [vocabName, mergesName] of merged) {
    const vocab = await readText(repository, vocabName);
    const merges = vocab === undefined ? undefined : await readText(repository, mergesName);
    if (vocab !== undefined && merges !== undefined) {
      return gpt2Tokenizer(vocab, merges, { addPrefixSpace: flag(config, 'add_prefix_space') ?? false });
    }
  }
  const lines = await readText(repository, 'vocab.txt');
  if (lines !== undefined) {
    return bertTokenizer(lines, {
      lowercase: flag(config, 'do_lower_case') ?? true,
      stripAccents: flag(config, 'strip_accents') ?? null,
      handleChineseChars: flag(config, 'tokenize_chinese_chars') ?? true,
    });
  }
  throw new HubError(
    'hub.noFile',
    `hub: ${repository.name} has no tokenizer that is known here; expected tokenizer.json, vocab.json with merges.txt, encoder.json with vocab.bpe, or vocab.txt.`,
    { repository: repository.name, path: 'tokenizer.json' },
  );
}

async function readChatTemplates(repository: Repository, config: JsonReader): Promise<Map<string, string>> {
  const templates = new Map<string, string>();
  const inConfig = config.get('chat_template');
  if (typeof inConfig === 'string') templates.set('default', inConfig);
  else if (Array.isArray(inConfig)) {
    for (const one of inConfig) {
      const entry = new JsonReader(one, 'tokenizer_config.json: chat_template');
      templates.set(entry.string('name'), entry.string('template'));
    }
  }
  const inFile = await readText(repository, 'chat_template.jinja');
  if (inFile !== undefined) templates.set('default', inFile);
  return templates;
}

/**
 * Reads `tokenizer.json`, or what tokenizers were kept in before there was such a file, and what is written beside it.
 * @throws HubError `hub.noFile` when there is none of them; TokenizerError for what is in them
 */
export async function readTokenizerFiles(repository: Repository): Promise<TokenizerFiles> {
  const config = await readJson(repository, 'tokenizer_config.json');
  return {
    config,
    tokenizer: await readTokenizer(repository, config),
    specialTokens: await readJson(repository, 'special_tokens_map.json'),
    chatTemplates: await readChatTemplates(repository, config),
  };
}
