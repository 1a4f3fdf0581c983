import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { defaultDevice, setDefaultDevice } from 'lumbre';
import { decodeCheckpoint, encodeCheckpoint, runFileNames } from 'lumbre/train';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useFolder as givenFolder, lumbre } from '../../../../packages/lumbre/test/cli/support.ts';
import { packRun, unpackRun } from '../../src/labs/gpt/archive.ts';
import { MemoryFolder } from '../../src/labs/gpt/files.ts';
import { defaultRecipe, type LabRecipe } from '../../src/labs/gpt/recipe.ts';
import { type Point, Session, type Update } from '../../src/labs/gpt/session.ts';

const path = givenFolder();

// What a browser computes on.
const before = defaultDevice();
beforeAll(() => setDefaultDevice('wasm'));
afterAll(() => setDefaultDevice(before));

const proverbs = `${[
  'Quien mucho abarca, poco aprieta.',
  'A quien madruga, Dios le ayuda.',
  'Más vale pájaro en mano que ciento volando.',
  'Quien a buen árbol se arrima, buena sombra le cobija.',
  'Camarón que se duerme, se lo lleva la corriente.',
].join('\n')}\n`.repeat(30);

const tiny: LabRecipe = {
  ...defaultRecipe('es'),
  data: { kind: 'own' },
  nLayer: 1,
  nHead: 2,
  nEmbd: 16,
  blockSize: 16,
  batchSize: 2,
  steps: 40,
  dropout: 0.1,
  prompt: 'Quien',
};

/** Everything that a session tells, put together as the page does. */
function heard(session: Session) {
  const all = {
    train: [] as Point[],
    validation: [] as Point[],
    samples: [] as { step: number; text: string }[],
  };
  let last: Update | undefined;
  session.listen((update) => {
    all.train.push(...update.train);
    all.validation.push(...update.validation);
    all.samples.push(...update.samples);
    last = update;
  });
  return { ...all, last: () => last as Update };
}

async function trained(folder: MemoryFolder, lab: LabRecipe, steps?: number, text = proverbs) {
  const session = await Session.begin(folder, 'Refranes', lab, text);
  const told = heard(session);
  await session.start(steps);
  await session.ended();
  return { session, told };
}

const readMetrics = (folder: string): string[] =>
  readFileSync(join(folder, runFileNames.metrics), 'utf8').trim().split('\n');

/** Unpacks a zip as somebody would at a terminal. */
function unzipTo(zip: Uint8Array, folder: string): string {
  const files = unzipSync(zip);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return join(folder, dirname(Object.keys(files)[0] as string));
}

const filesOf = async (folder: MemoryFolder) =>
  Promise.all(
    (await folder.names()).map(async (name) => ({ path: name, bytes: (await folder.read(name))! })),
  );

describe('a run of the laboratory', () => {
  test('tells of every step once, measures itself, and writes from the same beginning', async () => {
    const { session, told } = await trained(new MemoryFolder(), tiny);
    expect(told.train.map(([step]) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(told.validation.map(([step]) => step)).toEqual([
      0,
      ...Array.from({ length: 20 }, (_, i) => 2 * (i + 1)),
    ]);
    expect(told.samples.every(({ text }) => text.startsWith('Quien'))).toBe(true);
    expect(told.last()).toMatchObject({ state: 'finished', step: 40, savedStep: 40, problem: null });
    const [first, last] = [told.validation[0]![1], told.validation.at(-1)![1]];
    expect(last).toBeLessThan(first - 0.05);
    await session.dispose();
  });

  test('closed and opened again, it goes on with the very steps of a run that was not', async () => {
    const whole = await trained(new MemoryFolder(), tiny);
    await whole.session.dispose();
    const folder = new MemoryFolder();
    const first = await trained(folder, tiny, 13);
    expect(first.told.last()).toMatchObject({ state: 'paused', step: 13, savedStep: 13 });
    await first.session.dispose();

    const session = await Session.open(folder);
    const told = heard(session);
    // The curve so far is there before anything is trained.
    expect(told.train).toEqual(whole.told.train.slice(0, 13));
    expect(told.samples).toEqual(first.told.samples.map(({ step, text }) => ({ step, text: text.trim() })));
    await session.start();
    await session.ended();
    expect(told.train).toEqual(whole.told.train);
    expect(told.validation).toEqual(whole.told.validation);
    await session.dispose();
  });

  test('what is asked of the model while it trains changes nothing of the training', async () => {
    const alone = await trained(new MemoryFolder(), tiny);
    await alone.session.dispose();
    const session = await Session.begin(new MemoryFolder(), 'Refranes', tiny, proverbs);
    const told = heard(session);
    await session.start();
    await session.watch('Quien a');
    const tree = await session.tree('Quien ');
    expect(tree.length).toBeGreaterThan(0);
    await session.save();
    await session.ended();
    expect(told.train).toEqual(alone.told.train);
    await session.dispose();
  });

  test('a checkpoint of any moment is whole: one is written between two measurements', async () => {
    const folder = new MemoryFolder();
    const { session, told } = await trained(folder, { ...tiny, steps: 4000 }, 7);
    expect(told.last().savedStep).toBe(7);
    await session.dispose();
    const again = await Session.open(folder);
    expect(again.step).toBe(7);
    await again.dispose();
  });

  test('an unknown character is named, in the prompt and in what is watched', async () => {
    await expect(trained(new MemoryFolder(), { ...tiny, prompt: 'Ω' })).rejects.toMatchObject({
      code: 'unknownCharacter',
      detail: 'Ω',
    });
    const { session } = await trained(new MemoryFolder(), tiny, 1);
    await expect(session.watch('ж')).rejects.toMatchObject({ code: 'unknownCharacter', detail: 'ж' });
    await session.dispose();
  });

  test('weights that are no numbers any more are told as what they are, and are not saved', async () => {
    const folder = new MemoryFolder();
    const { session: first } = await trained(folder, tiny, 3);
    await first.dispose();
    const checkpoint = decodeCheckpoint((await folder.read(runFileNames.checkpoint))!);
    checkpoint.parts.get('model')!.tensors.get('lm_head.weight')?.data.fill(Number.NaN);
    checkpoint.parts.get('model')!.tensors.get('transformer.wte.weight')?.data.fill(Number.NaN);
    const bad = encodeCheckpoint(checkpoint);
    await folder.write(runFileNames.checkpoint, bad);
    const session = await Session.open(folder);
    const told = heard(session);
    await session.start();
    await session.ended();
    expect(told.last()).toMatchObject({ state: 'failed', problem: { code: 'diverged' }, savedStep: 3 });
    expect(await folder.read(runFileNames.checkpoint)).toEqual(bad);
    await session.dispose();
  });
});

describe('the same run in the terminal', () => {
  test.each(['char', 'bpe'] as const)(
    'begun here by %s, it goes on there with the same losses',
    async (tokenizer) => {
      const lab = { ...tiny, tokenizer, vocabSize: 160 };
      const whole = await trained(new MemoryFolder(), lab);
      await whole.session.dispose();
      const folder = new MemoryFolder();
      const { session } = await trained(folder, lab, 13);
      const zip = await packRun(folder, 'Refranes de mi abuela');
      await session.dispose();

      const run = unzipTo(zip, path('downloads'));
      expect(run).toMatch(/refranes-de-mi-abuela$/);
      const { code, errors } = await lumbre(['train', '--resume', run, '--device', 'wasm', '--json']);
      expect([code, errors]).toEqual([0, '']);
      const losses = readMetrics(run).flatMap((line): Point[] => {
        const { step, train } = JSON.parse(line);
        return train ? [[step, train.loss]] : [];
      });
      expect(losses).toEqual(whole.told.train);
      const written = await lumbre(['generate', run, '--prompt', 'Quien', '--seed', '1', '--device', 'wasm']);
      expect(written.code).toBe(0);
      expect(written.output).toMatch(/^.*Quien/);
      const figures = await lumbre(['eval', run, '--json', '--device', 'wasm']);
      expect(figures.events[0]).toMatchObject({ recipe: 'gpt' });
    },
  );

  test('the stories begun here go on there, as the recipe stories', async () => {
    const lab: LabRecipe = {
      ...tiny,
      data: { kind: 'stories', language: 'es' },
      blockSize: 64,
      steps: 4,
      prompt: '',
    };
    const folder = new MemoryFolder();
    const { session, told } = await trained(folder, lab, 2);
    const run = unzipTo(await packRun(folder, 'Cuentos'), path('downloads'));
    await session.start();
    await session.ended();
    await session.dispose();
    const { code, errors } = await lumbre(['train', '--resume', run, '--device', 'wasm', '--json']);
    expect([code, errors]).toEqual([0, '']);
    const last = readMetrics(run).flatMap((line) => JSON.parse(line).train?.loss ?? []);
    expect(last).toEqual(told.train.map(([, loss]) => loss));
  });

  test('begun there, it goes on here, and back again', async () => {
    writeFileSync(path('refranes.txt'), proverbs);
    const settings = [
      'model.nLayer=1',
      'model.nHead=2',
      'model.nEmbd=8',
      'model.blockSize=16',
      'train.evalInterval=3',
    ];
    const train = (out: string) =>
      lumbre(
        [
          ...[
            'train',
            'gpt',
            '--data',
            path('refranes.txt'),
            '--out',
            path(out),
            '--device',
            'wasm',
            '--json',
          ],
          ...['--steps', '9', '--batch-size', '2', ...settings.flatMap((setting) => ['--set', setting])],
        ],
        out === 'cut' ? { watch: (text, interrupt) => text.includes('"step":4,') && interrupt() } : {},
      );
    expect((await train('whole')).code).toBe(0);
    await train('cut');
    const files = Object.values(runFileNames).flatMap((name) => {
      try {
        return [{ path: `cut/${name}`, bytes: new Uint8Array(readFileSync(path(`cut/${name}`))) }];
      } catch {
        return [];
      }
    });
    // The command line's folder names the text by a path that is not here.
    const alone = await unpackRun(files);
    await expect(Session.open(alone.folder)).rejects.toMatchObject({ code: 'missingText' });

    const text = { path: 'refranes.txt', bytes: new TextEncoder().encode(proverbs) };
    const { folder, name } = await unpackRun([...files, text]);
    expect(name).toBe('cut');
    const session = await Session.open(folder, name);
    const told = heard(session);
    await session.start();
    await session.ended();
    const whole = readMetrics(path('whole')).map((line) => JSON.parse(line));
    expect(told.train).toEqual(whole.flatMap(({ step, train }) => (train ? [[step, train.loss]] : [])));
    await session.dispose();
  });
});

describe('a run from a file that may be anybody’s', () => {
  const good = async () => {
    const folder = new MemoryFolder();
    const { session } = await trained(folder, tiny, 1);
    await session.dispose();
    return filesOf(folder);
  };

  test('what is no run, or half of one, is refused', async () => {
    await expect(unpackRun([{ path: 'a.txt', bytes: new Uint8Array([65]) }])).rejects.toMatchObject({
      code: 'notRun',
    });
    const files = (await good()).filter((file) => file.path !== runFileNames.checkpoint);
    await expect(unpackRun(files)).rejects.toMatchObject({ code: 'notRun', detail: runFileNames.checkpoint });
    await expect(
      unpackRun([{ path: 'a.zip', bytes: new Uint8Array([0x50, 0x4b, 3, 4, 0]) }]),
    ).rejects.toMatchObject({
      code: 'damaged',
    });
  });

  test('a damaged checkpoint and settings of another recipe are refused', async () => {
    const files = await good();
    const damaged = files.map((file) =>
      file.path === runFileNames.checkpoint ? { ...file, bytes: file.bytes.slice(0, -9) } : file,
    );
    await expect(unpackRun(damaged)).rejects.toMatchObject({ code: 'damaged' });
    const other = files.map((file) =>
      file.path === runFileNames.config
        ? { ...file, bytes: new TextEncoder().encode('{"format":2,"recipe":"vae","config":{}}') }
        : file,
    );
    await expect(unpackRun(other)).rejects.toMatchObject({ code: 'damaged' });
  });

  test('settings that no browser could bear are refused before anything is made', async () => {
    const files = await good();
    const huge = files.map((file) => {
      if (file.path !== runFileNames.config) return file;
      const json = JSON.parse(new TextDecoder().decode(file.bytes));
      json.config.model.nEmbd = 1e6;
      return { ...file, bytes: new TextEncoder().encode(JSON.stringify(json)) };
    });
    await expect(unpackRun(huge)).rejects.toMatchObject({ code: 'runTooLarge' });
  });

  test('paths that lead elsewhere are only names, and other files stay out', async () => {
    const files = await good();
    const entries = Object.fromEntries(files.map((file) => [`../../run/${file.path}`, file.bytes]));
    const zip = zipSync({ ...entries, '../../run/evil.js': new Uint8Array([1]) });
    const { folder } = await unpackRun([{ path: 'run.zip', bytes: zip }]);
    expect((await folder.names()).toSorted()).toEqual(files.map((file) => file.path).toSorted());
  });

  test('a file that unfolds to more than a run can have is refused', async () => {
    const zip = zipSync({ 'run/config.json': new Uint8Array(2 ** 20) });
    await expect(unpackRun([{ path: 'run.zip', bytes: zip }])).rejects.toMatchObject({ code: 'runTooLarge' });
  });
});
