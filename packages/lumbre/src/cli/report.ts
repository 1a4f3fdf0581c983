import { readdirSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import {
  type Metric,
  makeReport,
  parseSamples,
  type ReportSample,
  type ReportSetting,
  runFileNames,
  type TrainEnd,
} from '../train/index.ts';
import { exists, readBytes, writeAtomic } from './files.ts';
import type { Context } from './io.ts';
import type { Run } from './run.ts';
import { settingsOf, standardSettings, trainCommandOf } from './settings.ts';
import { nextCommands, resumeCommand } from './telling.ts';
import type { Training } from './training.ts';
import { packageVersion } from './version.ts';

const samplesFolder = 'samples';

/** What a run's folder holds of what its model made. */
function samplesOf({ folder }: Run): ReportSample[] {
  const texts = join(folder, runFileNames.samples);
  const written = exists(texts) ? parseSamples(new TextDecoder().decode(readBytes(texts))) : [];
  const others = join(folder, samplesFolder);
  const files = exists(others) ? readdirSync(others) : [];
  return [
    ...written.map((sample) => ({ kind: 'text', ...sample }) as const),
    ...files.flatMap((name): ReportSample[] => {
      const [, digits, extension] = /^(\d+)\.(png|mid)$/.exec(name) ?? [];
      if (digits === undefined) return [];
      const [step, bytes] = [Number(digits), readBytes(join(others, name))];
      return extension === 'png' ? [{ step, kind: 'image', png: bytes }] : [{ step, kind: 'midi', bytes }];
    }),
  ];
}

/** A value of JSON as it is read: texts without quotes, and nothing as a dash. */
const shown = (json: string): string => {
  const value = JSON.parse(json) as unknown;
  return value === null ? '—' : typeof value === 'string' ? value : json;
};

/** The settings of a run, each with what its recipe has where it was changed. */
function reportSettings({ recipe, config }: Run): ReportSetting[] {
  const standard = standardSettings(recipe);
  return settingsOf(config).map(([path, value]) => {
    const usual = standard.get(path);
    return {
      path,
      value: shown(value),
      ...(usual !== undefined && usual !== value && { standard: shown(usual) }),
    };
  });
}

function machine({ format }: Context): [name: string, version: string][] {
  const [processor] = cpus();
  const gib = (bytes: number) => `${format.number(bytes / 2 ** 30, 1)} GiB`;
  return [
    ['Lumbre', packageVersion()],
    ['Node.js', process.versions.node],
    [type(), process.arch],
    ...(processor ? [[processor.model.trim(), `×\u00a0${cpus().length}`] as [string, string]] : []),
    ['RAM', gib(totalmem())],
  ];
}

/** Writes `report.html` into the folder of a training that has ended. @throws CliError when it cannot be written. */
export function writeReport(
  { run, task, loop, about }: Training,
  metrics: readonly Metric[],
  end: TrainEnd,
  context: Context,
): void {
  const { recipe, config, folder } = run;
  const { language, messages } = context;
  const published = [...task.published().values()];
  const report = makeReport({
    language,
    title: recipe.title[language],
    produces: recipe.produces[language],
    recipe: recipe.name,
    run: folder,
    data: { name: config.data.name, about: about[language] },
    end,
    step: loop.step,
    steps: config.train.steps,
    seconds: loop.seconds,
    date: Date.now(),
    watched: task.watched,
    parameters: published.reduce((total, { size }) => total + size, 0),
    device: published[0]?.device ?? '',
    metrics,
    samples: samplesOf(run).filter(({ step }) => step <= loop.step),
    settings: reportSettings(run),
    versions: machine(context),
    commands: [
      ...(end === 'stopped' ? [{ command: resumeCommand(run, context), what: messages.goOn }] : []),
      ...nextCommands(run, context),
      { command: trainCommandOf(recipe, config), what: messages.makeAgain },
      { command: `tensorboard --logdir ${folder}`, what: messages.lookInTensorBoard },
    ],
    figureNames: messages.metrics,
  });
  writeAtomic(join(folder, runFileNames.report), report);
}
