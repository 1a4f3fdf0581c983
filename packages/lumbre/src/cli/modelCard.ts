import { DataSetError, findDataSet } from '../data/index.ts';
import { configure, type Overrides, type Recipe, type RecipeConfig } from '../recipes/index.ts';
import type { Metrics } from '../train/index.ts';
import { figureName } from './figureName.ts';
import type { Context } from './io.ts';

export interface ModelCardFacts {
  readonly name: string;
  readonly recipe: Recipe;
  readonly config: RecipeConfig;
  /** Of data that it has not seen; none where nothing was measured. */
  readonly figures: Metrics;
  readonly parameters: number;
  /** Of its weights. */
  readonly bytes: number;
}

type Setting = readonly [path: string, value: unknown];

/** All settings by their paths: `train.lr`. */
function settingsOf(config: object, prefix = ''): Setting[] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]): Setting[] => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (value === undefined) return [];
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? settingsOf(value, path) : [[path, value]];
  });
}

/** Settings that have an option of their own. */
const options: Readonly<Record<string, string>> = {
  'train.steps': '--steps',
  'train.batchSize': '--batch-size',
  'train.lr': '--lr',
  'train.seed': '--seed',
};

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The command that trains such a model: what differs from the recipe's defaults. What the data decide of the model is left
 * out, since they decide it again.
 */
export function trainingCommand(recipe: Recipe, config: RecipeConfig): string {
  const defaults = new Map(settingsOf(configure(recipe, {} as Overrides)));
  const words = settingsOf(config).flatMap(([path, value]) => {
    if (path === 'data.name') return value === recipe.data[0] ? [] : ['--data', String(value)];
    const same = JSON.stringify(defaults.get(path)) === JSON.stringify(value);
    if (same || (path.startsWith('model.') && !defaults.has(path))) return [];
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    const option = options[path];
    return option ? [option, written] : ['--set', `${path}=${written}`];
  });
  return ['npx lumbre train', recipe.name, ...words.map(quoted)].join(' ');
}

/** What is known of the data: a data set of the registry, or else whatever it is called. */
function entryOf(name: string) {
  try {
    return findDataSet(name);
  } catch (error) {
    if (error instanceof DataSetError) return null;
    throw error;
  }
}

const table = (head: readonly [string, string], rows: readonly (readonly [string, string])[]): string[] => [
  `| ${head[0]} | ${head[1]} |`,
  '| --- | --- |',
  ...rows.map(([a, b]) => `| ${a} | ${b.replaceAll('|', '\\|')} |`),
];

/** What a model is, what it learned from, how good it is, and how it is made again: Markdown. */
export function modelCard(facts: ModelCardFacts, { language, messages, format }: Context): string {
  const { name, recipe, config, figures, parameters, bytes } = facts;
  const entry = entryOf(config.data.name);
  const title = recipe.title[language];
  const measured = Object.entries(figures);
  const lines = [
    `# ${name}`,
    '',
    `${title.charAt(0).toUpperCase()}${title.slice(1)}. ${messages.cardProduces(recipe.produces[language])} ` +
      messages.cardSize(format.integer(parameters), format.integer(bytes / 1000)),
    '',
    `## ${messages.cardData}`,
    '',
    entry
      ? `[${entry.title[language]}](${entry.source}) (\`${entry.name}\`). ${messages.cardLicence(entry.licence)}`
      : `\`${config.data.name}\``,
    '',
    ...(measured.length > 0
      ? [
          `## ${messages.cardFigures}`,
          '',
          ...table(
            [messages.cardFigure, messages.cardValue],
            measured.map(([figure, value]) => [
              figureName(figure, messages),
              Number.isInteger(value) ? format.integer(value) : format.number(value, 4),
            ]),
          ),
          '',
        ]
      : []),
    `## ${messages.cardAgain}`,
    '',
    '```sh',
    trainingCommand(recipe, config),
    '```',
    '',
    `## ${messages.cardConfiguration}`,
    '',
    ...table(
      [messages.cardSetting, messages.cardValue],
      settingsOf(config).map(([path, value]) => [`\`${path}\``, `\`${JSON.stringify(value)}\``]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
