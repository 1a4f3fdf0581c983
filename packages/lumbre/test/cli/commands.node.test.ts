import { existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { start } from '../../src/cli/commands/start.ts';
import { makeContext } from '../../src/cli/io.ts';
import { storyCorpus } from '../../src/data/index.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();

const verses = 'En un lugar de la Mancha, de cuyo nombre no quiero acordarme, no ha mucho tiempo\n'.repeat(
  20,
);
const sizes = ['nLayer=1', 'nHead=2', 'nEmbd=8', 'blockSize=16', 'dropout=0.1'].map(
  (size) => `model.${size}`,
);
const times = ['evalInterval=3', 'evalBatches=1'].map((setting) => `train.${setting}`);
const six = ['--steps', '6', '--batch-size', '2', ...[...sizes, ...times].flatMap((s) => ['--set', s])];

beforeEach(() => writeFileSync(path('quijote.txt'), verses));

const trainTiny = (run: string, ...more: string[]) =>
  lumbre(['train', 'gpt', '--data', path('quijote.txt'), '--out', path(run), '--json', ...six, ...more]);

const losses = (events: readonly Record<string, unknown>[]) =>
  events.filter(({ type }) => type === 'step').map(({ step, metrics }) => [step, metrics]);

const read = (...parts: string[]) => readFileSync(path(join(...parts)), 'utf8');

describe('train gpt', () => {
  test('trains on a file and keeps all of the run in its folder', async () => {
    const { code, errors, events } = await trainTiny('run');
    expect([code, errors]).toEqual([0, '']);
    expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
      ...['step 1', 'step 2', 'step 3', 'validation 3', 'sample 3', 'checkpoint 3'],
      ...['step 4', 'step 5', 'step 6', 'validation 6', 'sample 6', 'checkpoint 6'],
    ]);
    const config = JSON.parse(read('run', 'config.json'));
    expect(config).toMatchObject({
      format: 2,
      recipe: 'gpt',
      config: { model: { nEmbd: 8, dropout: 0.1 }, train: { steps: 6 } },
    });
    expect(JSON.parse(read('run', 'tokenizer.json'))).toMatchObject({ type: 'char' });
    expect(read('run', 'metrics.jsonl').trim().split('\n')).toHaveLength(8);
    expect(read('run', 'samples.txt')).toContain('6');
    expect(existsSync(path('run/checkpoint.safetensors'))).toBe(true);
  });

  test('the same seed gives the same losses, another one others', async () => {
    const [a, b, other] = [await trainTiny('a'), await trainTiny('b'), await trainTiny('c', '--seed', '2')];
    expect(losses(a.events)).toEqual(losses(b.events));
    expect(losses(a.events)).not.toEqual(losses(other.events));
  });

  test('a run that brought its text along goes on wherever its folder is put', async () => {
    const whole = await trainTiny('whole');
    await lumbre(['train', 'gpt', '--data', path('quijote.txt'), '--out', path('first'), '--json', ...six], {
      watch: (text, interrupt) => text.includes('"step":4,') && interrupt(),
    });
    const config = JSON.parse(read('first', 'config.json'));
    config.config.data.name = 'verses.txt';
    renameSync(path('first'), path('moved'));
    writeFileSync(path('moved/config.json'), JSON.stringify(config));
    writeFileSync(path('moved/verses.txt'), verses);
    const second = await lumbre(['train', '--resume', path('moved'), '--json']);
    expect([second.code, second.errors]).toEqual([0, '']);
    expect(losses(second.events)).toEqual(losses(whole.events).slice(-losses(second.events).length));
  });

  test('interrupted, it saves; resumed, it makes the very steps of a run that was not', async () => {
    const whole = await trainTiny('whole');
    const first = await lumbre(
      ['train', 'gpt', '--data', path('quijote.txt'), '--out', path('cut'), '--json', ...six],
      { watch: (text, interrupt) => text.includes('"step":4,') && interrupt() },
    );
    expect(first.code).toBe(130);
    expect(losses(first.events)).toEqual(losses(whole.events).slice(0, 4));
    const second = await lumbre(['train', '--resume', path('cut'), '--json']);
    expect([second.code, second.errors]).toEqual([0, '']);
    expect(losses(second.events)).toEqual(losses(whole.events).slice(4));
    expect(read('cut', 'metrics.jsonl')).toBe(read('whole', 'metrics.jsonl'));
    expect(readFileSync(path('cut/checkpoint.safetensors')).byteLength).toBeGreaterThan(0);
  });

  test('after an interrupt it says how to go on', async () => {
    const { code, output } = await lumbre(
      ['train', 'gpt', '--data', path('quijote.txt'), '--out', path('cut'), ...six],
      { watch: (text, interrupt) => text.includes('paso 1 ') && interrupt() },
    );
    expect(code).toBe(130);
    expect(output).toContain(`npx lumbre train --resume ${path('cut')}`);
  });

  test('a folder that exists is left as it is', async () => {
    mkdirSync(path('run'));
    const { code, errors } = await trainTiny('run');
    expect(code).toBe(1);
    expect(errors).toMatch(/ya existe y no se sobrescribe.*--out.*--resume/);
    expect(existsSync(path('run/config.json'))).toBe(false);
  });

  test('speaks English when asked, and says nothing when told so', async () => {
    const words = ['train', 'gpt', '--data', path('quijote.txt'), ...six];
    const english = await lumbre([...words, '--out', path('a'), '--lang', 'en']);
    expect(english.output).toMatch(/Done: 6 steps/);
    expect(english.output).not.toMatch(/paso|pérdida/);
    const quiet = await lumbre([...words, '--out', path('b'), '--quiet']);
    expect([quiet.code, quiet.output, quiet.errors]).toEqual([0, '', '']);
  });

  test('a loss that is no number ends the run with advice', async () => {
    const { code, errors } = await trainTiny('run', '--lr', '1e38', '--set', 'train.minLr=1e38');
    expect(code).toBe(1);
    expect(errors).toMatch(/dejó de ser un número.*--lr/);
  });
});

describe('what is wrong with the text or the options is told, and nothing is written', () => {
  const failing = async (words: readonly string[]) => {
    const result = await lumbre(['train', 'gpt', '--out', path('run'), ...words]);
    expect(result.output).toBe('');
    expect(existsSync(path('run'))).toBe(false);
    expect(result.errors.trim().split('\n')).toHaveLength(1);
    return result;
  };
  const withText = (bytes: string | Uint8Array) => {
    writeFileSync(path('texto.txt'), bytes);
    return failing(['--data', path('texto.txt'), ...six]);
  };

  test('a missing file', async () => {
    const { code, errors } = await failing(['--data', path('no.txt'), ...six]);
    expect(code).toBe(1);
    expect(errors).toMatch(/no\.txt/);
  });

  test('an empty one, and one of white space', async () => {
    expect((await withText('')).errors).toMatch(/está vacío/);
    expect((await withText(' \n\n')).errors).toMatch(/está vacío/);
  });

  test('one that is too short', async () => {
    expect((await withText('Hola, mundo.')).errors).toMatch(/muy corto.*model\.blockSize/);
  });

  test('one that is not UTF-8, with the byte and the cure', async () => {
    const { errors } = await withText(new Uint8Array([0x61, 0xf1, 0x6f]));
    expect(errors).toMatch(/no es texto UTF-8: el byte 1 .*iconv/);
  });

  test.each([
    [['--steps', '0'], /--steps debe ser un número entero de al menos 1, no «0»/],
    [['--steps', 'mil'], /--steps .*no «mil»/],
    [['--batch-size', '1.5'], /--batch-size .*no «1\.5»/],
    [['--lr', '-1'], /--lr .*mayor que 0/],
    [['--device', 'gpu'], /--device puede ser .*wasm.*no «gpu»/],
    [['--lang', 'fr'], /--lang puede ser es o en, no «fr»/],
  ] as const)('%j', async (words, told) => {
    const { code, errors } = await failing([...words]);
    expect(code).toBe(2);
    expect(errors).toMatch(told);
  });

  test('a width that the heads do not divide', async () => {
    const { code, errors } = await failing([
      ...['--data', path('quijote.txt'), '--set', 'model.nEmbd=10', '--set', 'model.nHead=4'],
    ]);
    expect(code).toBe(1);
    expect(errors).toMatch(/nEmbd 10 .*4 equal heads/);
  });

  test('unknown recipes, settings, options and commands', async () => {
    const recipe = await lumbre(['train', 'poesía']);
    expect(recipe.code).toBe(2);
    expect(recipe.errors).toMatch(/No hay ninguna receta «poesía».*gpt/);
    const setting = await lumbre(['train', 'gpt', '--set', 'model.nLayers=3', '--set', 'train.lr=fast']);
    expect(setting.code).toBe(2);
    expect(setting.errors).toMatch(/model\.nLayers: no existe.*nLayer/);
    expect(setting.errors).toMatch(/train\.lr: .*número/);
    expect((await lumbre(['train', 'gpt', '--set', 'nLayer'])).errors).toMatch(/key=value/);
    expect((await lumbre(['train'])).errors).toMatch(/Falta la receta/);
    expect((await lumbre(['train', 'gpt', '--stepz', '3'])).code).toBe(2);
    expect((await lumbre(['bake'])).code).toBe(2);
  });
});

describe('a run', () => {
  beforeEach(async () => {
    expect((await trainTiny('run')).code).toBe(0);
  });

  test('writes from a prompt: the same text for the same seed', async () => {
    const words = [
      'generate',
      path('run'),
      '--prompt',
      'En un lugar',
      '--max-new-tokens',
      '40',
      '--seed',
      '3',
    ];
    const [a, b] = [await lumbre(words), await lumbre(words)];
    expect(a.errors).toBe('');
    expect(a.output).toMatch(/^En un lugar/);
    expect([...a.output.trimEnd()].length).toBeGreaterThan('En un lugar'.length + 20);
    expect(a.output).toBe(b.output);
    expect((await lumbre([...words, '--seed', '4'])).output).not.toBe(a.output);
  });

  test('is told apart from nothing, and from what is damaged', async () => {
    const generate = () => lumbre(['generate', path('run')]);
    expect((await lumbre(['generate', path('nada')])).errors).toMatch(/No hay ningún modelo ni carpeta/);
    expect((await lumbre(['generate', path('run'), '--prompt', '漢'])).errors).toMatch(/no conoce .*漢/);

    truncateSync(path('run/model.safetensors'), 100);
    const damaged = await generate();
    expect(damaged.code).toBe(1);
    expect(damaged.errors).toMatch(/No se puede abrir el modelo de .*entrena de nuevo/);
    truncateSync(path('run/checkpoint.safetensors'), 100);
    const resumed = await lumbre(['train', '--resume', path('run')]);
    expect(resumed.errors).toMatch(/checkpoint\.safetensors: está dañado.*entrena de nuevo/);

    const config = JSON.parse(read('run', 'config.json'));
    writeFileSync(path('run/config.json'), JSON.stringify({ ...config, format: 9 }));
    expect((await generate()).errors).toMatch(/has format 9, .* reads 2/);
    writeFileSync(path('run/config.json'), JSON.stringify({ ...config, recipe: 'poem' }));
    expect((await generate()).errors).toMatch(/There is no recipe 'poem'/);
    writeFileSync(path('run/config.json'), '{');
    expect((await generate()).errors).toMatch(/config\.json está dañado: no es JSON/);
  });

  test('that is finished does not go on, and says what to do', async () => {
    const { code, errors } = await lumbre(['train', '--resume', path('run')]);
    expect(code).toBe(1);
    expect(errors).toMatch(/ya dio sus 6 pasos/);
  });

  test('keeps its settings when it goes on', async () => {
    const { code, errors } = await lumbre(['train', '--resume', path('run'), '--lr', '0.1']);
    expect(code).toBe(2);
    expect(errors).toMatch(/--lr quedó fijado al empezar/);
  });

  test('is not measured by a grammar that it did not learn', async () => {
    const { code, errors } = await lumbre(['stories', 'evaluate', path('run')]);
    expect(code).toBe(1);
    expect(errors).toMatch(/no aprendió de los cuentos/);
  });
});

test('going on with a text that has changed is refused', async () => {
  await lumbre(['train', 'gpt', '--data', path('quijote.txt'), '--out', path('run'), '--json', ...six], {
    watch: (text, interrupt) => text.includes('"step":4,') && interrupt(),
  });
  writeFileSync(path('quijote.txt'), `${verses}Fin.`);
  const { code, errors } = await lumbre(['train', '--resume', path('run')]);
  expect(code).toBe(1);
  expect(errors).toMatch(/made with other data/);
});

describe('stories', () => {
  test('sample writes those of the grammar', async () => {
    const { output } = await lumbre(['stories', 'sample', '--count', '3', '--seed', '5', '--lang', 'en']);
    const expected = storyCorpus({ language: 'en', seed: 5, count: 3, split: 'train' });
    expect(output.trim().split('\n')).toEqual(expected);
  });

  test('a model that learned from them is measured by the grammar', async () => {
    const trained = await lumbre(['train', 'stories', '--out', path('run'), ...six, '--lang', 'en']);
    expect([trained.code, trained.errors]).toEqual([0, '']);
    const words = ['stories', 'evaluate', path('run'), '--count', '4'];
    expect((await lumbre([...words, '--json'])).events[0]).toMatchObject({
      stories: 4,
      temperature: 0.8,
      seed: 1,
    });
    expect((await lumbre([...words, '--lang', 'en'])).output).toMatch(/4 stories, \d+ sentences/);
  });

  test('start trains, shows three, measures a hundred, and says what to try', async () => {
    let output = '';
    const context = makeContext(
      {
        output: { write: (text) => (output += text) },
        errors: { write: (text) => (output += text) },
        environment: {},
        signal: new AbortController().signal,
      },
      'es',
    );
    const layers = [
      {
        model: { nLayer: 1, nHead: 1, nEmbd: 8, blockSize: 16 },
        train: { steps: 2, evalBatches: 1 },
        data: { trainingStories: 20, heldOutStories: 5 },
      },
    ];
    await start({ layers, device: 'wasm', loudness: 'normal', out: path('run') }, context);
    expect(output).toMatch(/contar cuentos/);
    expect(output).toMatch(/100 cuentos, \d+ frases/);
    expect(output).toContain(`npx lumbre generate ${path('run')} --prompt "Había una vez"`);
  });
});

test('--version and --help are no errors', async () => {
  expect(await lumbre(['--version'])).toMatchObject({ code: 0, output: '1.2.3\n' });
  const { code, output } = await lumbre(['train', '--help']);
  expect(code).toBe(0);
  expect(output).toContain('--batch-size');
});
