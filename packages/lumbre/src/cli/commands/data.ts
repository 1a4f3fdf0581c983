import { type DataSetEntry, type FileSet, findDataSet, isDownloadable } from '../../data/index.ts';
import { type DataStatus, type NodeDataSource, openDataSource } from '../../node/index.ts';
import { DownloadDisplay } from '../downloadDisplay.ts';
import { type Context, wrap } from '../io.ts';
import { lookAt } from '../looks.ts';
import { sizeIn } from './cache.ts';

/** The options of `lumbre data …`. */
export interface DataFlags {
  readonly dataDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly force?: boolean;
}

const source = ({ dataDir }: DataFlags, { environment }: Context): NodeDataSource =>
  openDataSource({ dataDir: dataDir ?? (environment.LUMBRE_DATA || undefined) });

/** How many bytes a set has on its way here; undefined when that is not known. */
const bytesOf = (set: FileSet | undefined): number | undefined =>
  set?.files.reduce<number | undefined>((sum, { downloadBytes, bytes }) => {
    const size = downloadBytes ?? bytes;
    return sum === undefined || size === undefined ? undefined : sum + size;
  }, 0);

/** What is kept of what was made here was not downloaded. */
const stateOf = ({ generated }: DataSetEntry, { place }: DataStatus) =>
  generated && place === 'cache' ? 'made' : place;

const setOf = (entry: DataSetEntry, status: DataStatus): FileSet | undefined =>
  status.set ?? entry.sets.find(isDownloadable) ?? entry.sets[0];

const json = (entry: DataSetEntry, { place, folder, set }: DataStatus, context: Context) => ({
  name: entry.name,
  kind: entry.kind,
  title: entry.title[context.language],
  description: entry.description[context.language],
  licence: entry.licence,
  source: entry.source,
  place,
  folder,
  bytes: bytesOf(set) ?? null,
  note: set?.note?.[context.language] ?? null,
  files: (set?.files ?? []).map(({ name, urls, sha256 }) => ({
    name,
    urls: urls ?? [],
    sha256: sha256 ?? null,
  })),
});

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** `lumbre data list`: the registry by kind, and what of it is here. */
export async function listData(flags: DataFlags, context: Context): Promise<void> {
  const { output, messages, theme, language } = context;
  const data = source(flags, context);
  const rows = await Promise.all(
    data.entries.map(async (entry) => ({ entry, status: await data.status(entry.name) })),
  );
  if (flags.json) {
    for (const { entry, status } of rows)
      output.write(line({ type: 'data', ...json(entry, status, context) }));
    return;
  }
  output.write(`\n  ${theme.strong(messages.dataTitle)}\n`);
  const width = Math.max(...data.entries.map(({ name }) => name.length));
  const titles = Math.max(...data.entries.map(({ title }) => title[language].length));
  for (const kind of ['text', 'image', 'music', 'table'] as const) {
    output.write(`\n  ${theme.ember(messages.dataKinds[kind])}\n`);
    for (const { entry, status } of rows.filter((row) => row.entry.kind === kind)) {
      const bytes = bytesOf(setOf(entry, status));
      const isHere = status.place === 'mirror' || status.place === 'cache';
      const place = messages.dataPlaces[stateOf(entry, status)];
      const size = bytes === undefined ? '—' : sizeIn(context, bytes);
      output.write(
        `    ${theme.strong(entry.name.padEnd(width))}  ${entry.title[language].padEnd(titles)}  ` +
          `${theme.muted(size.padStart(8))}  ${isHere ? place : theme.muted(place)}\n`,
      );
    }
  }
  output.write(`\n  ${theme.muted(messages.dataListHint)}\n\n`);
}

/** `lumbre data get NAME…`: downloads what is not here. What came before an error or Ctrl-C stays. */
export async function getData(names: readonly string[], flags: DataFlags, context: Context): Promise<void> {
  const { output, messages, language, signal, environment } = context;
  // A wrong name among them is told before anything is fetched.
  const entries = [...new Set(names.map((name) => findDataSet(name)))];
  const display = flags.json || flags.quiet ? undefined : new DownloadDisplay(context);
  const data = openDataSource({
    dataDir: flags.dataDir ?? (environment.LUMBRE_DATA || undefined),
    progress: (progress) => display?.show(progress),
  });
  for (const entry of entries) {
    const title = entry.title[language];
    const before = await data.status(entry.name);
    if (entry.generated && before.place === 'generated' && display) {
      output.write(`${messages.dataGenerating(entry.name)}\n`);
    }
    const { place, folder, set } = await data
      .get(entry.name, { force: flags.force, signal })
      .finally(() => display?.done());
    const fetched = flags.force || before.place === 'download' || before.place === 'generated';
    if (flags.json) {
      output.write(line({ type: 'ready', fetched, ...json(entry, { place, folder, set }, context) }));
    } else if (!flags.quiet) {
      const say = fetched ? messages.dataReady : messages.dataAlreadyThere;
      output.write(`${say(title, folder)}\n`);
    }
  }
}

/** `lumbre data info NAME`: the entry, and a look into the data when it is here. Nothing is fetched for it. */
export async function showData(name: string, flags: DataFlags, context: Context): Promise<void> {
  const { output, messages, theme, language } = context;
  const data = source(flags, context);
  const entry = findDataSet(name);
  const status = await data.status(entry.name);
  const { place, folder, set } = status;
  if (flags.json) {
    output.write(line({ type: 'data', ...json(entry, status, context) }));
    return;
  }
  const width = Math.min(output.columns ?? 80, 100) - 4;
  const paragraph = (text: string): string =>
    wrap(text, width)
      .map((row) => `  ${row}\n`)
      .join('');
  output.write(`\n  ${theme.strong(entry.title[language])}  ${theme.muted(entry.name)}\n`);
  output.write(`${paragraph(entry.description[language])}\n`);
  const isHere = place === 'mirror' || place === 'cache';
  const bytes = bytesOf(setOf(entry, status));
  const found = isHere ? await data.open(entry.name) : undefined;
  const look = found && lookAt(found, context, width);
  const rows: [string, string | undefined][] = [
    [messages.dataContents, look?.contents],
    [messages.dataNote, set?.note?.[language]],
    [messages.dataSize, bytes === undefined ? undefined : sizeIn(context, bytes)],
    [messages.dataLicence, entry.licence],
    [messages.dataSource, entry.source],
    [messages.dataAlsoCalled, entry.aliases?.join(', ')],
    [messages.dataPlace, messages.dataPlaces[stateOf(entry, status)]],
    [messages.dataFolder, isHere ? folder : undefined],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  const labels = Math.max(...shown.map(([label]) => label.length));
  for (const [label, value] of shown) output.write(`  ${theme.muted(label.padEnd(labels))}  ${value}\n`);
  for (const row of look?.lines ?? []) output.write(row === '' ? '\n' : `  ${row}\n`);
  const hint =
    place === 'download'
      ? messages.dataNotHereHint(entry.name, bytes === undefined ? '' : sizeIn(context, bytes))
      : place === 'generated'
        ? messages.dataGeneratedHint(entry.name)
        : place === 'nowhere'
          ? messages.dataNowhereHint(entry.mirrorOnly?.[language] ?? '')
          : undefined;
  if (hint) output.write(`\n${paragraph(hint)}`);
  output.write('\n');
}
