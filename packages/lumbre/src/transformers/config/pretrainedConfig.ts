import type { Json } from '../../hub/json.ts';

/** An object of a JSON file. */
export type JsonObject = ReadonlyMap<string, Json>;

/** What every model of Hugging Face's says of itself, whatever its family. Names are those of `config.json` in camelCase. */
export interface PretrainedConfig {
  /** The family, `model_type`. */
  readonly modelType: string;
}

/** What generation and pipelines ask of a language model's configuration. */
export interface LanguageConfig extends PretrainedConfig {
  readonly vocabSize: number;
  readonly bosTokenId: number | null;
  /** Ends a text; several tokens may. */
  readonly eosTokenId: number | readonly number[] | null;
  readonly padTokenId: number | null;
  /** Whether the last layer's weight is the token embedding's. */
  readonly tieWordEmbeddings: boolean;
}

/** How a family's configuration is read from `config.json` and written there. */
export interface ConfigKind<Config extends PretrainedConfig> {
  /** Whether a `model_type` is of this family. */
  accepts(modelType: string): boolean;
  /**
   * @param where the file, for messages
   * @throws RangeError that names each setting that is wrong
   */
  fromJson(json: JsonObject, where?: string): Config;
  /** The object of `config.json`, without `architectures` and `torch_dtype`, which the model knows. */
  toJson(config: Config): Map<string, Json>;
}
