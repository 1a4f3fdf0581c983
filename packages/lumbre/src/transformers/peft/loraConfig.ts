import { z } from 'zod';
import type { Json, Repository } from '../../hub/index.ts';
import { jsonText } from '../config/jsonText.ts';
import { PeftError } from './peftError.ts';

/** The file that PEFT keeps an adapter's configuration in. */
export const ADAPTER_CONFIG_FILE = 'adapter_config.json';

/** A configuration is small; more than this is none. */
const MOST_BYTES = 2 ** 20;

const moduleName = () => z.string().min(1).max(512);
const names = () => z.array(moduleName()).max(4096).readonly();
const patterns = () =>
  z
    .record(
      moduleName(),
      z
        .number()
        .positive()
        .max(2 ** 16),
    )
    .readonly();

/** What `LoraConfig` takes, with PEFT's names and defaults, as far as they are the same in every version of PEFT. */
const shape = {
  /** The rank: how many directions an adapter can change. */
  r: z
    .int()
    .min(1)
    .max(2 ** 14)
    .default(8),
  /** What an adapter's change is multiplied by: loraAlpha / r. */
  loraAlpha: z.number().positive().default(8),
  /** Dropout of what goes into the adapters, while training. */
  loraDropout: z.number().min(0).lt(1).default(0),
  /**
   * The layers that get an adapter: names or ends of paths (`q_proj`, `attn.c_proj`), or one pattern for whole paths, or
   * `all-linear` for every linear layer but the last. Those of the paper's choice for the family unless given.
   */
  targetModules: z.union([moduleName(), names()]).nullable().default(null),
  /** Of those, the ones that get none. */
  excludeModules: z.union([moduleName(), names()]).nullable().default(null),
  /** Which biases learn too: none, all, or those of layers with an adapter. Without `none` merging cannot be undone. */
  bias: z.enum(['none', 'all', 'lora_only']).default('none'),
  /** loraAlpha / √r instead, which lets high ranks learn (Kalajdzievski, arXiv:2312.03732). */
  useRslora: z.boolean().default(false),
  /** Whether the file's weights are `[in, out]`, as GPT-2's: written down for PEFT; layers here are `[out, in]` always. */
  fanInFanOut: z.boolean().default(false),
  /** Modules that learn as a whole and are kept with the adapter: a new head, say. */
  modulesToSave: names().nullable().default(null),
  /** How adapters begin: without effect (`true`, or `gaussian`), or with one (`false`), which is for tests. */
  initLoraWeights: z.union([z.boolean(), z.literal('gaussian')]).default(true),
  /** Only layers of these numbers. */
  layersToTransform: z
    .union([z.int().min(0), z.array(z.int().min(0)).max(1024).readonly()])
    .nullable()
    .default(null),
  /** What the list of layers is called, where it is not the only one. */
  layersPattern: z.union([moduleName(), names()]).nullable().default(null),
  /** Another rank for some layers, by names or ends of paths. */
  rankPattern: patterns().default({}),
  /** Another loraAlpha for some layers. */
  alphaPattern: patterns().default({}),
  /** What the model is for. */
  taskType: z
    .enum(['CAUSAL_LM', 'SEQ_CLS', 'TOKEN_CLS', 'QUESTION_ANS', 'FEATURE_EXTRACTION', 'SEQ_2_SEQ_LM'])
    .nullable()
    .default(null),
  /** The model that the adapter is for. */
  baseModelNameOrPath: z.string().max(4096).nullable().default(null),
  revision: z.string().max(512).nullable().default(null),
};

const schema = z.strictObject(shape);

/** Settings of PEFT's that make another computation of it, with what they are when they do not. */
const refused: Readonly<Record<string, string>> = {
  use_dora: 'DoRA',
  use_qalora: 'QALoRA',
  use_bdlora: 'BD-LoRA',
  lora_bias: 'a bias in adapters',
  layer_replication: 'replicated layers',
  target_parameters: 'adapters of bare parameters',
  trainable_token_indices: 'tokens that learn by themselves',
  alora_invocation_tokens: 'activated LoRA',
  arrow_config: 'Arrow routing',
  kasa_config: 'KaSA',
  velora_config: 'VeLoRA',
  monteclora_config: 'MonteCLoRA',
};

/** Names in files. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const fileNames = new Map(Object.keys(shape).map((name) => [snakeCase(name), name]));

type Settings = z.output<typeof schema>;

/** What `LoraConfig` takes: everything has a default. */
export type LoraOptions = Readonly<z.input<typeof schema>>;

function complete(options: unknown, where: string): Settings {
  const result = schema.safeParse(options);
  if (result.success) {
    const { targetModules, layersToTransform } = result.data;
    if (typeof targetModules === 'string' && layersToTransform !== null) {
      throw new PeftError(
        `${where}: layersToTransform goes with a list of targetModules; a pattern says by itself which layers it means.`,
      );
    }
    return result.data;
  }
  const problems = result.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message,
  );
  throw new PeftError(`${where}: ${problems.join('; ')}. There are ${Object.keys(shape).join(', ')}.`);
}

/** Plain values of a file; names that mean something to JavaScript are names like any other. */
function plain(value: Json): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(
    [...value].filter(([name]) => name !== '__proto__').map(([n, v]) => [n, plain(v)]),
  );
}

/** Whether a setting asks for something. */
const isSet = (value: Json | undefined): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

/**
 * How low-rank adapters are made (Hu et al., LoRA, arXiv:2106.09685): PEFT's `LoraConfig`, with its names in camelCase and
 * its defaults.
 */
export class LoraConfig {
  readonly peftType = 'LORA';
  readonly r: Settings['r'];
  readonly loraAlpha: Settings['loraAlpha'];
  readonly loraDropout: Settings['loraDropout'];
  readonly targetModules: Settings['targetModules'];
  readonly excludeModules: Settings['excludeModules'];
  readonly bias: Settings['bias'];
  readonly useRslora: Settings['useRslora'];
  readonly fanInFanOut: Settings['fanInFanOut'];
  readonly modulesToSave: Settings['modulesToSave'];
  readonly initLoraWeights: Settings['initLoraWeights'];
  readonly layersToTransform: Settings['layersToTransform'];
  readonly layersPattern: Settings['layersPattern'];
  readonly rankPattern: Settings['rankPattern'];
  readonly alphaPattern: Settings['alphaPattern'];
  readonly taskType: Settings['taskType'];
  readonly baseModelNameOrPath: Settings['baseModelNameOrPath'];
  readonly revision: Settings['revision'];

  /** @throws PeftError that names each setting that is wrong. */
  constructor(options: LoraOptions = {}, where = 'LoraConfig') {
    const settings = complete(options, where);
    this.r = settings.r;
    this.loraAlpha = settings.loraAlpha;
    this.loraDropout = settings.loraDropout;
    this.targetModules = settings.targetModules;
    this.excludeModules = settings.excludeModules;
    this.bias = settings.bias;
    this.useRslora = settings.useRslora;
    this.fanInFanOut = settings.fanInFanOut;
    this.modulesToSave = settings.modulesToSave;
    this.initLoraWeights = settings.initLoraWeights;
    this.layersToTransform = settings.layersToTransform;
    this.layersPattern = settings.layersPattern;
    this.rankPattern = settings.rankPattern;
    this.alphaPattern = settings.alphaPattern;
    this.taskType = settings.taskType;
    this.baseModelNameOrPath = settings.baseModelNameOrPath;
    this.revision = settings.revision;
  }

  /** The same with some settings changed. */
  with(changes: LoraOptions): LoraConfig {
    const { peftType: _, ...settings } = { ...this };
    return new LoraConfig({ ...settings, ...changes });
  }

  /**
   * What `adapter_config.json` says.
   * @throws PeftError when it is of another method, asks for what is not computed here, or makes no sense.
   */
  static fromJson(json: Json, where = ADAPTER_CONFIG_FILE): LoraConfig {
    if (!(json instanceof Map)) throw new PeftError(`${where}: expected an object.`);
    const type = json.get('peft_type');
    if (type !== 'LORA') {
      throw new PeftError(
        `${where}: peft_type is ${JSON.stringify(type ?? null)}; adapters of the kind LORA alone are read here.`,
      );
    }
    for (const [name, what] of Object.entries(refused)) {
      if (!isSet(json.get(name))) continue;
      throw new PeftError(
        `${where}: ${name} is set, and ${what} is not computed here; merge the adapter with PEFT and load the model that ` +
          'comes out.',
      );
    }
    const options: Record<string, unknown> = {};
    for (const [fileName, value] of json) {
      const name = fileNames.get(fileName);
      if (name !== undefined) options[name] = plain(value);
    }
    // How adapters begin is past, whatever ways of it a version of PEFT knew.
    options.initLoraWeights = true;
    return new LoraConfig(options as LoraOptions, where);
  }

  /** Reads it from a repository. @throws PeftError, HubError */
  static async fromPretrained(repository: Repository): Promise<LoraConfig> {
    const json = await repository.json(ADAPTER_CONFIG_FILE, { maxBytes: MOST_BYTES });
    return LoraConfig.fromJson(json, `${ADAPTER_CONFIG_FILE} of ${repository.name}`);
  }

  /** The text of `adapter_config.json`, for PEFT of any version. */
  toFileText(): string {
    const toJson = (value: unknown): Json => {
      if (Array.isArray(value)) return value.map(toJson);
      if (typeof value === 'object' && value !== null) {
        return new Map(Object.entries(value).map(([name, item]) => [name, toJson(item)]));
      }
      return value as Json;
    };
    const entries = Object.entries(this).map(([name, value]) => [snakeCase(name), toJson(value)] as const);
    const json = new Map<string, Json>([...entries, ['inference_mode', true]]);
    return `${jsonText(new Map([...json].sort(([a], [b]) => (a < b ? -1 : 1))))}\n`;
  }

  /** Whether a change is of this rank and scale at a path: patterns count before the settings for all. */
  sizesAt(path: string): { readonly r: number; readonly scaling: number } {
    const find = (table: Readonly<Record<string, number>>): number | undefined =>
      Object.entries(table).find(([name]) => path === name || path.endsWith(`.${name}`))?.[1];
    const r = Math.round(find(this.rankPattern) ?? this.r);
    const alpha = find(this.alphaPattern) ?? this.loraAlpha;
    return { r, scaling: alpha / (this.useRslora ? Math.sqrt(r) : r) };
  }
}
