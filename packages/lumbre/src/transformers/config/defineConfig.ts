import { z } from 'zod';
import type { Json } from '../../hub/json.ts';
import type { ConfigKind, JsonObject } from './pretrainedConfig.ts';

/** Pieces of which configurations are made; what they allow bounds what a hostile `config.json` can ask for. */

/** A width or a count of tokens. */
export const size = () =>
  z
    .int()
    .min(1)
    .max(2 ** 24);
/** How many layers, or heads. */
export const count = () => z.int().min(1).max(1024);
export const probability = () => z.number().min(0).lt(1);
export const positive = () => z.number().positive();
export const tokenId = () =>
  z
    .int()
    .min(0)
    .max(2 ** 31 - 1);

const common = {
  /** What becomes of tokens that nobody named is decided by `generate`. */
  bosTokenId: tokenId().nullable().default(null),
  eosTokenId: z
    .union([tokenId(), z.array(tokenId()).min(1).readonly()])
    .nullable()
    .default(null),
  // -1 is what some files say for none.
  padTokenId: z
    .int()
    .min(-1)
    .max(2 ** 31 - 1)
    .nullable()
    .default(null),
  tieWordEmbeddings: z.boolean().default(true),
  initializerRange: positive().default(0.02),
};

export type ConfigShape = z.ZodRawShape;

/** A configuration of a family: its settings, and what else was in the file. */
export type ConfigOf<Type extends string, Shape extends ConfigShape> = Readonly<
  z.output<z.ZodObject<typeof common & Shape>>
> & {
  readonly modelType: Type;
  /** What `config.json` has besides, by its own names: it is written again as it came. */
  readonly extra: JsonObject;
};

/** What a user says of a configuration: every setting has a default. */
export type OptionsOf<Shape extends ConfigShape> = Readonly<
  Partial<z.input<z.ZodObject<typeof common & Shape>>>
> & {
  readonly modelType?: string;
  readonly extra?: JsonObject;
};

export interface DefinedConfig<Type extends string, Shape extends ConfigShape>
  extends ConfigKind<ConfigOf<Type, Shape>> {
  /** Fills in the defaults. @throws RangeError that names each setting that is wrong. */
  complete(options: OptionsOf<Shape>): ConfigOf<Type, Shape>;
}

export interface ConfigHooks<Config> {
  /** Settings that are wrong together, a sentence each. */
  readonly check?: (config: Config) => string[];
  /** Changes what was read before it is looked at: older and newer ways of saying the same. */
  readonly read?: (json: Map<string, Json>) => void;
  /** Changes what is written. */
  readonly write?: (json: Map<string, Json>, config: Config) => void;
}

/** `n_embd` for `nEmbd`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What the model says by itself, and what is of no use in a file. */
const notKept = new Set([
  'model_type',
  'architectures',
  'torch_dtype',
  'dtype',
  'transformers_version',
  '_name_or_path',
]);

/** Plain values: objects without a prototype, so that no name means anything. */
function plain(value: Json): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.assign(
    Object.create(null) as Record<string, unknown>,
    Object.fromEntries(
      [...value].filter(([name]) => name !== '__proto__').map(([name, item]) => [name, plain(item)]),
    ),
  );
}

function toJsonValue(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (value instanceof Map) return value as Map<string, Json>;
  if (typeof value === 'object') {
    return new Map(Object.entries(value).map(([name, item]) => [snakeCase(name), toJsonValue(item)]));
  }
  return value as Json;
}

/**
 * A family's configuration from a table of its settings: names in camelCase, each with what it may be and its default. In
 * `config.json` they are in snake_case.
 * @param types the `model_type`s that it goes by, the family's own first
 */
export function defineConfig<Type extends string, Shape extends ConfigShape>(
  types: readonly [Type, ...Type[]],
  shape: Shape,
  hooks: ConfigHooks<ConfigOf<Type, Shape>> = {},
): DefinedConfig<Type, Shape> {
  type Config = ConfigOf<Type, Shape>;
  const fields = { ...common, ...shape };
  const schema = z.object(fields);
  const names = Object.keys(fields);

  const finish = (
    values: Record<string, unknown>,
    modelType: Type,
    extra: JsonObject,
    where: string,
    called: (name: string) => string,
  ): Config => {
    const parsed = schema.safeParse(values);
    const fail = (problems: readonly string[]): never => {
      throw new RangeError(`${where}: ${problems.join('; ')}.`);
    };
    if (!parsed.success) {
      fail(
        parsed.error.issues.map(({ path, message }) => {
          const got = path.reduce<unknown>(
            (value, key) => (value as Record<PropertyKey, unknown>)?.[key],
            values,
          );
          const shown = JSON.stringify(got) ?? 'nothing';
          const name = path.map((part, i) => (i === 0 ? called(String(part)) : String(part))).join('.');
          return `${name} is ${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown}: ${message}`;
        }),
      );
    }
    const config = { ...parsed.data, modelType, extra } as Config;
    const problems = hooks.check?.(config) ?? [];
    if (problems.length > 0) fail(problems);
    return config;
  };

  const typeOf = (modelType: string | undefined, where: string): Type => {
    const type = types.find((known) => known === (modelType ?? types[0]));
    if (type !== undefined) return type;
    throw new RangeError(
      `${where}: model_type is ${JSON.stringify(modelType)}, expected ${types.join(' or ')}.`,
    );
  };

  return {
    accepts: (modelType) => types.some((type) => type === modelType),
    complete(options) {
      const {
        modelType,
        extra = new Map(),
        ...given
      } = options as OptionsOf<Shape> & Record<string, unknown>;
      const type = typeOf(modelType, 'config');
      const unknown = Object.keys(given).filter((name) => !names.includes(name));
      if (unknown.length > 0) {
        throw new RangeError(
          `${type}: unknown settings ${unknown.join(', ')}; there are ${names.join(', ')}.`,
        );
      }
      const set = Object.entries(given).filter(([, value]) => value !== undefined);
      return finish(Object.fromEntries(set), type, extra, type, (name) => name);
    },
    fromJson(json, where = 'config.json') {
      const given = new Map(json);
      hooks.read?.(given);
      const modelType = given.get('model_type');
      const type = typeOf(typeof modelType === 'string' ? modelType : undefined, where);
      const values: Record<string, unknown> = {};
      for (const name of names) {
        const value = given.get(snakeCase(name));
        given.delete(snakeCase(name));
        if (value !== undefined) values[name] = plain(value);
      }
      for (const name of notKept) given.delete(name);
      return finish(values, type, given, where, snakeCase);
    },
    toJson(config) {
      const json = new Map<string, Json>([['model_type', config.modelType]]);
      for (const [name, value] of config.extra) json.set(name, value);
      for (const name of names) {
        json.set(snakeCase(name), toJsonValue((config as Record<string, unknown>)[name]));
      }
      hooks.write?.(json, config);
      return json;
    },
  };
}
