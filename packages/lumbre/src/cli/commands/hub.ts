import {
  findWeights,
  type HubOptions,
  type Json,
  modelFiles,
  openRepository,
  openWeightFile,
  type Repository,
} from '../../hub/index.ts';
import { hubSettings, hubToken, scanCache } from '../../node/index.ts';
import { DownloadDisplay } from '../downloadDisplay.ts';
import { type Context, printable } from '../io.ts';
import { sizeIn } from './cache.ts';

/** The options of `lumbre hub …`. */
export interface HubFlags {
  readonly revision?: string;
  readonly cacheDir?: string;
  readonly local?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const settingsOf = ({ cacheDir, local }: HubFlags, { environment }: Context) =>
  hubSettings(
    { ...(cacheDir !== undefined && { cacheDir }), ...(local && { localFilesOnly: true }) },
    environment,
  );

/** What the library is told, from the flags and from the environment of the command line. */
async function optionsOf(flags: HubFlags, context: Context): Promise<HubOptions> {
  const { endpoint, cacheDir, offline } = settingsOf(flags, context);
  return {
    endpoint,
    cacheDir,
    localFilesOnly: offline,
    token: (await hubToken({}, context.environment)) ?? false,
    signal: context.signal,
    progress: false,
    ...(flags.revision !== undefined && { revision: flags.revision }),
  };
}

/** `lumbre hub list`: the models in the cache. Nothing is asked of the network. */
export async function listModels(flags: HubFlags, context: Context): Promise<void> {
  const { output, messages, theme, format } = context;
  const { cacheDir } = settingsOf(flags, context);
  const models = await scanCache(cacheDir);
  if (flags.json) {
    for (const model of models) output.write(line({ type: 'model', ...model }));
    return;
  }
  output.write(
    `\n  ${theme.strong(messages.hubTitle)}  ${theme.muted(messages.hubCacheFolder(cacheDir))}\n\n`,
  );
  if (models.length === 0) output.write(`  ${messages.hubCacheEmpty}\n`);
  const names = Math.max(0, ...models.map(({ name }) => name.length));
  const sizes = models.map(({ bytes }) => sizeIn(context, bytes));
  const width = Math.max(0, ...sizes.map((size) => size.length));
  for (const [i, { name, revisions, incompleteBytes }] of models.entries()) {
    const files = new Set(revisions.flatMap((revision) => revision.files)).size;
    const facts = [
      messages.hubFiles(format.integer(files), files),
      ...(revisions.length > 1 ? [messages.hubRevisions(format.integer(revisions.length))] : []),
      ...(incompleteBytes > 0 ? [messages.hubIncomplete(sizeIn(context, incompleteBytes))] : []),
    ];
    output.write(
      `    ${theme.strong(name.padEnd(names))}  ${(sizes[i] as string).padStart(width)}  ${theme.muted(facts.join(', '))}\n`,
    );
  }
  output.write(`\n  ${theme.muted(messages.hubListHint)}\n\n`);
}

/** `lumbre hub download MODEL [FILE…]`: what loading needs, or the files that are named. What came before an error stays. */
export async function downloadModel(
  name: string,
  paths: readonly string[],
  flags: HubFlags,
  context: Context,
): Promise<void> {
  const { output, messages, format } = context;
  const display = flags.json || flags.quiet ? undefined : new DownloadDisplay(context);
  const repository = await openRepository(name, {
    ...(await optionsOf(flags, context)),
    progress: (progress) => display?.show(progress),
  });
  let bytes = 0;
  let files: readonly string[] = paths;
  try {
    if (files.length === 0) files = await modelFiles(repository);
    for (const path of files) {
      const file = await repository.open(path);
      bytes += file.size;
      await file.close();
      if (flags.json) output.write(line({ type: 'file', model: repository.name, path, bytes: file.size }));
    }
  } finally {
    display?.done();
  }
  if (flags.json) output.write(line({ type: 'ready', model: repository.name, files, bytes }));
  else if (!flags.quiet) {
    const say =
      files.length === 0
        ? messages.hubNothing(repository.name)
        : messages.hubReady(
            repository.name,
            format.integer(files.length),
            files.length,
            sizeIn(context, bytes),
          );
    output.write(`${say}\n`);
  }
}

/** What is worth a look in `config.json`, whatever the family calls it. */
const sizeNames: readonly (readonly string[])[] = [
  ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers'],
  ['hidden_size', 'n_embd', 'dim'],
  ['num_attention_heads', 'n_head', 'num_heads', 'n_heads'],
  ['num_key_value_heads'],
  ['vocab_size'],
  ['max_position_embeddings', 'n_positions'],
];

/** Of settings by strangers, what may be shown on a terminal. */
const shown = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? printable(String(value)).slice(0, 80) : undefined;

/** `lumbre hub info MODEL`: what a model is. Of its files only `config.json` is fetched; weights are looked into if here. */
export async function showModel(name: string, flags: HubFlags, context: Context): Promise<void> {
  const { output, messages, theme, format } = context;
  const options = await optionsOf(flags, context);
  const repository = await openRepository(name, options);
  const files = await repository.list();
  const json = files.includes('config.json') ? await repository.json('config.json') : null;
  const config = json instanceof Map ? json : new Map<string, Json>();
  const weights = await weightsHere(name, options);
  const architectures = config.get('architectures');
  const sizes = sizeNames.flatMap((names): [string, string][] => {
    const key = names.find((each) => config.has(each));
    const value = key === undefined ? undefined : shown(config.get(key));
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
  const kind = shown(config.get('model_type'));
  const known = Array.isArray(architectures) ? architectures.flatMap((each) => shown(each) ?? []) : [];
  if (flags.json) {
    const values = { modelType: kind ?? null, architectures: known, sizes: Object.fromEntries(sizes) };
    output.write(line({ type: 'model', name: repository.name, ...values, files, weights: weights ?? null }));
    return;
  }
  const rows: [string, string | undefined][] = [
    [messages.hubRevision, flags.revision],
    [messages.hubKind, kind],
    [messages.hubClass, known.join(', ') || undefined],
    [messages.hubSizes, sizes.map(([key, value]) => `${key} ${value}`).join(', ') || undefined],
    [
      messages.hubWeights,
      weights === undefined
        ? messages.hubNotHere
        : [
            weights.format,
            messages.hubParameters(format.integer(weights.parameters)),
            weights.kinds.join(', '),
            sizeIn(context, weights.bytes),
          ].join(', '),
    ],
    [messages.hubAllFiles, files.map((file) => printable(file)).join(', ')],
  ];
  const present = rows.filter((row): row is [string, string] => row[1] !== undefined);
  const width = Math.max(...present.map(([label]) => label.length));
  output.write(`\n  ${theme.strong(printable(repository.name))}\n\n`);
  for (const [label, value] of present) output.write(`  ${theme.muted(label.padEnd(width))}  ${value}\n`);
  if (weights === undefined) output.write(`\n  ${theme.muted(messages.hubInfoHint(name))}\n`);
  output.write('\n');
}

interface WeightFacts {
  readonly format: string;
  readonly parameters: number;
  readonly bytes: number;
  readonly kinds: readonly string[];
}

/** What the weights are, if all of them are here: nothing is downloaded for it. */
async function weightsHere(name: string, options: HubOptions): Promise<WeightFacts | undefined> {
  const local = await openRepository(name, { ...options, localFilesOnly: true });
  const found = await hasAll(local);
  if (found === undefined) return undefined;
  const kinds = new Set<string>();
  let parameters = 0;
  let bytes = 0;
  for (const shard of found.shards.keys()) {
    const file = await openWeightFile(await local.open(shard), found.format);
    for (const info of file.tensors.values()) {
      parameters += info.shape.reduce((product, size) => product * size, 1);
      bytes += info.bytes;
      kinds.add(info.kind);
    }
    await file.close();
  }
  return { format: found.format, parameters, bytes, kinds: [...kinds].sort() };
}

async function hasAll(local: Repository) {
  try {
    const found = await findWeights(local);
    for (const shard of found.shards.keys()) if (!(await local.has(shard))) return undefined;
    return found;
  } catch (error) {
    // What was never asked for is not here.
    const { code } = error as { code?: unknown };
    if (code === 'hub.notCached' || code === 'hub.noWeights') return undefined;
    throw error;
  }
}
