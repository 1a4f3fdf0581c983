import { join } from 'node:path';
import {
  type Listening,
  listen,
  openCreation,
  openPretrained,
  type ServedModel,
  serveApp,
} from '../../serve/index.ts';
import { tokenizerFromJSON } from '../../text/index.ts';
import { runFileNames } from '../../train/index.ts';
import type { WeightDType } from '../../transformers/index.ts';
import { CliError, usageError } from '../errors.ts';
import { exists, readJson } from '../files.ts';
import type { Context } from '../io.ts';
import { openFolder, zooNames } from '../openModel.ts';
import { runsFolder } from '../run.ts';

export interface ServeCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly slots: number;
  readonly queue: number;
  readonly dtype: WeightDType;
  readonly revision?: string;
  readonly apiKey?: string;
  readonly corsOrigins: readonly string[];
  readonly json: boolean;
  readonly device: string;
}

/** How long texts that are being written may go on after Ctrl-C, in milliseconds. */
const GRACE_MS = 5000;

const HIGHEST_PORT = 65_535;

const isThisMachine = (host: string): boolean => /^(?:127\.|localhost$|::1$)/.test(host);

/** `lumbre serve MODEL`: offers a model until Ctrl-C. */
export async function serveModel(
  name: string,
  options: ServeCommandOptions,
  context: Context,
): Promise<void> {
  const { json, host, port } = options;
  const { output, errors, messages, environment, signal, theme } = context;
  if (port > HIGHEST_PORT) throw usageError((say) => say.noPort(port));
  const model = await open(name, options);
  const apiKey = options.apiKey ?? (environment.LUMBRE_API_KEY || undefined);
  const app = serveApp({
    model,
    apiKey,
    corsOrigins: options.corsOrigins,
    // Whoever opens it to a network is called by names of that.
    hosts: isThisMachine(host) ? [] : null,
    onError: (error) => {
      errors.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    },
  });
  let listening: Listening;
  try {
    listening = await listen(app, { host, port });
  } catch (error) {
    await model.close();
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError((say) => say.cannotListen(host, port, code ?? String(error)), { cause: error });
  }
  const { address } = listening;
  if (json) {
    output.write(
      `${JSON.stringify({ event: 'listening', address, model: model.name, slots: options.slots })}\n`,
    );
  } else {
    const lines = [
      '',
      `  ${theme.strong(messages.serving(model.name, address))}`,
      ...(isThisMachine(host) || apiKey ? [] : [`  ${messages.openToAll}`]),
      '',
      ...curl(address, model, apiKey !== undefined).map((line) => `  ${line}`),
      '',
      `  ${messages.howToEndServing}`,
      '',
    ];
    output.write(`${lines.join('\n')}\n`);
  }
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (json) output.write(`${JSON.stringify({ event: 'closing' })}\n`);
  else output.write(`\n  ${messages.endingServing}\n`);
  // Texts that are nearly at their end come to it.
  const closed = listening.close(GRACE_MS);
  await Promise.race([model.drain(), new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref())]);
  await model.close();
  await closed;
}

/** Something to try at once. */
function curl(address: string, { name, generator }: ServedModel, withKey: boolean): string[] {
  const key = withKey ? ` -H 'Authorization: Bearer …'` : '';
  const path = generator ? 'completions' : 'embeddings';
  const body = generator
    ? { model: name, prompt: 'Había una vez', max_tokens: 60, stream: true }
    : { model: name, input: 'Había una vez' };
  return [
    `curl -N ${address}/v1/${path}${key} -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`,
  ];
}

/** A run or a model of the package, or else one of Hugging Face's. */
async function open(name: string, options: ServeCommandOptions): Promise<ServedModel> {
  const { device, slots, queue: queueLimit, dtype, revision } = options;
  if (!isOurs(name)) return await openPretrained(name, name, { device, slots, queueLimit, dtype, revision });
  const opened = await openFolder(name, device);
  const tokenizerPath = join(opened.folder, runFileNames.tokenizer);
  const data = opened.config.data as { readonly lines?: boolean };
  const served = exists(tokenizerPath)
    ? openCreation(
        {
          name,
          creation: opened.creation,
          tokenizer: tokenizerFromJSON(readJson(tokenizerPath)),
          endsAtLine: opened.recipe.name === 'stories' || data.lines === true,
        },
        { slots, queueLimit },
      )
    : null;
  if (served) return served;
  opened.creation.dispose();
  throw new CliError((messages) => messages.cannotWrite(name));
}

/** Whether a name stands for a run, or a model of the package; their `config.json` says which recipe made them. */
function isOurs(name: string): boolean {
  if (zooNames().includes(name)) return true;
  const path = [name, join(runsFolder, name)]
    .map((folder) => join(folder, runFileNames.config))
    .find((place) => exists(place));
  if (path === undefined) return false;
  const json = readJson(path);
  return typeof json === 'object' && json !== null && 'recipe' in json;
}
