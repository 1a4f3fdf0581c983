import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  decodeCheckpoint,
  type Metric,
  type Metrics,
  parseMetrics,
  runFileNames,
} from '../../train/index.ts';
import { drawLossChart, type Point } from '../chart.ts';
import { CliError } from '../errors.ts';
import { figureName } from '../figureName.ts';
import { readBytes } from '../files.ts';
import { FinetuneRun, isFinetuneFolder } from '../finetune/finetuneRun.ts';
import type { Context } from '../io.ts';
import { Run, runFolders } from '../run.ts';
import { settingsOf } from '../settings.ts';
import { tableOf } from '../tables.ts';

/** What is asked of a run, whether it trains by a recipe or fine-tunes a model. */
interface RunLike {
  readonly recipe: { readonly name: string };
  readonly config: { readonly data: { readonly name: string }; readonly train: { readonly steps: number } };
  readonly checkpointPath: string;
  readCheckpoint(): Uint8Array;
}

/** @throws CliError when there is none, or it is damaged */
function openRun(folder: string): RunLike {
  if (!isFinetuneFolder(folder)) return Run.open(folder);
  const run = FinetuneRun.open(folder);
  const { model, data, steps, settings } = run.config;
  return {
    recipe: { name: 'finetune' },
    config: {
      model: { name: model },
      data: { name: basename(data) },
      train: { ...settings, steps },
    } as RunLike['config'],
    checkpointPath: run.checkpointPath,
    readCheckpoint: () => run.readCheckpoint(),
  };
}

/** What a run's files tell about it. */
interface RunFacts {
  readonly folder: string;
  readonly run: RunLike | null;
  readonly metrics: readonly Metric[];
  readonly step: number;
  readonly seconds: number;
  readonly best: number | null;
}

function factsOf(folder: string): RunFacts {
  const run = (() => {
    try {
      return openRun(folder);
    } catch {
      // A damaged run is listed as what it is; opening it says more.
      return null;
    }
  })();
  const path = join(folder, runFileNames.metrics);
  const metrics = existsSync(path) ? parseMetrics(new TextDecoder().decode(readBytes(path))) : [];
  const none = { folder, run, metrics, step: metrics.at(-1)?.step ?? 0, seconds: 0, best: null };
  if (!run || !existsSync(run.checkpointPath)) return none;
  try {
    const { loop } = decodeCheckpoint(run.readCheckpoint());
    return { ...none, step: loop.step, seconds: loop.seconds, best: loop.best };
  } catch {
    return none;
  }
}

/** The figure of a run that is charted: the first of its steps. */
const firstFigure = (metrics: readonly Metric[]): string => {
  for (const metric of metrics) {
    const [name] = Object.keys('validation' in metric ? metric.validation : {});
    if (name !== undefined) return name;
  }
  const [first] = metrics;
  return first && 'train' in first ? (Object.keys(first.train)[0] ?? 'loss') : 'loss';
};

/** The figures of a line, where it is of this kind. */
function figuresOf(metric: Metric, kind: 'train' | 'validation'): Metrics | undefined {
  if (kind === 'train') return 'train' in metric ? metric.train : undefined;
  return 'validation' in metric ? metric.validation : undefined;
}

const pointsOf = (metrics: readonly Metric[], figure: string, kind: 'train' | 'validation'): Point[] =>
  metrics.flatMap((metric) => {
    const loss = figuresOf(metric, kind)?.[figure];
    return loss === undefined ? [] : [{ step: metric.step, loss }];
  });

const lastOf = ({ metrics }: RunFacts, kind: 'train' | 'validation'): Metrics =>
  metrics.map((metric) => figuresOf(metric, kind)).findLast((figures) => figures !== undefined) ?? {};

/** `lumbre runs list`: the runs of a folder, the latest first. */
export function listRuns(folder: string, json: boolean, context: Context): void {
  const { output, messages, format, theme } = context;
  const all = runFolders(folder).map(factsOf);
  if (json) {
    for (const facts of all) {
      const { run, step, seconds, best } = facts;
      const { recipe, config } = run ?? {};
      output.write(
        `${JSON.stringify({ folder: facts.folder, recipe: recipe?.name, config, step, seconds, best, train: lastOf(facts, 'train'), validation: lastOf(facts, 'validation') })}\n`,
      );
    }
    return;
  }
  if (all.length === 0) throw new CliError((messages) => messages.noRuns);
  const rows = all.map((facts) => {
    const { run, step, seconds, best } = facts;
    if (!run) return [facts.folder, messages.runDamaged, '', '', '', ''];
    const { steps } = run.config.train;
    return [
      facts.folder,
      run.recipe.name,
      run.config.data.name,
      `${format.integer(step)} ${messages.of} ${format.integer(steps)}`,
      format.duration(seconds),
      best === null ? '—' : format.number(best, 3),
    ];
  });
  const head = [
    messages.runFolder,
    messages.runRecipe,
    messages.runData,
    messages.step,
    messages.runTime,
    messages.runBest,
  ];
  const [first, ...others] = tableOf([head, ...rows], ['left', 'left', 'left', 'right', 'right', 'right']);
  output.write(`\n  ${theme.muted(first as string)}\n`);
  for (const line of others) output.write(`  ${line}\n`);
  output.write('\n');
}

/** @throws CliError when there is no such run. */
function openFacts(folder: string): RunFacts {
  openRun(folder);
  return factsOf(folder);
}

/** `lumbre runs compare A B …`: what differs in their settings, and what came of it. */
export function compareRuns(folders: readonly string[], json: boolean, context: Context): void {
  const { output, messages, format, theme } = context;
  const all = folders.map(openFacts);
  const settings = all.map(({ run }) => new Map(settingsOf({ recipe: run?.recipe.name, ...run?.config })));
  const paths = [...new Set(settings.flatMap((each) => [...each.keys()]))];
  const differing = paths.filter((path) => new Set(settings.map((each) => each.get(path))).size > 1);
  const figures = [...new Set(all.flatMap((facts) => Object.keys(lastOf(facts, 'validation'))))];
  if (json) {
    for (const [i, facts] of all.entries()) {
      const { folder, step, seconds, best } = facts;
      const own = Object.fromEntries(differing.map((path) => [path, settings[i]?.get(path) ?? null]));
      output.write(
        `${JSON.stringify({ folder, step, seconds, best, differing: own, validation: lastOf(facts, 'validation') })}\n`,
      );
    }
    return;
  }
  const number = (value: number | undefined | null) => (value == null ? '—' : format.number(value, 4));
  const rows = [
    ['', ...folders],
    ...differing.map((path) => [path, ...settings.map((each) => each.get(path) ?? '—')]),
    [messages.step, ...all.map(({ step }) => format.integer(step))],
    [messages.runTime, ...all.map(({ seconds }) => format.duration(seconds))],
    [messages.runBest, ...all.map(({ best }) => number(best))],
    ...figures.map((figure) => [
      `${messages.validation} ${figureName(figure, messages)}`,
      ...all.map((facts) => number(lastOf(facts, 'validation')[figure])),
    ]),
  ];
  const [head, ...lines] = tableOf(rows, ['left', ...folders.map(() => 'right' as const)]);
  output.write(`\n  ${theme.strong(head as string)}\n`);
  for (const line of lines) output.write(`  ${line}\n`);
  output.write('\n');
}

/** `lumbre runs plot RUN …`: their curves in the terminal. */
export function plotRuns(folders: readonly string[], metric: string | undefined, context: Context): void {
  const { output, messages, format, theme } = context;
  for (const { folder, run, metrics } of folders.map(openFacts)) {
    const figure = metric ?? firstFigure(metrics);
    const training = pointsOf(metrics, figure, 'train');
    const validation = pointsOf(metrics, figure, 'validation');
    if (training.length + validation.length === 0) {
      const there = [
        ...new Set(metrics.flatMap((each) => Object.keys('train' in each ? each.train : each.validation))),
      ];
      throw new CliError((messages) => messages.noFigure(folder, figure, there.join(', ')));
    }
    const width = Math.min(100, (output.columns ?? 80) - 4);
    const steps = Math.max(run?.config.train.steps ?? 1, metrics.at(-1)?.step ?? 1);
    const label = figureName(figure, messages);
    output.write(`\n  ${theme.strong(folder)} ${theme.muted(`· ${messages.chartTitle(label)}`)}\n`);
    const chart = { training, validation, steps, width, height: 16 };
    for (const line of drawLossChart(chart, theme, format)) output.write(`  ${line}\n`);
  }
  output.write('\n');
}
