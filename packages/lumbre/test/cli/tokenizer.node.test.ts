import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeContext } from '../../src/cli/io.ts';
import { TokenizerDisplay } from '../../src/cli/tokenizers/display.ts';
import { openTexts } from '../../src/cli/tokenizers/lines.ts';
import { Tokenizer } from '../../src/tokenizers/index.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

const story = Array.from(
  { length: 40 },
  (_, i) => `Había una vez ${i} brasas que ardían, ardían y ardían. ¿Quién las vio arder? Ñandú ${i % 7}.\n`,
).join('');

beforeEach(() => {
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  vi.stubEnv('HF_HOME', path('hub'));
  writeFileSync(path('story.txt'), story);
});
afterEach(() => vi.unstubAllEnvs());

const train = (...words: string[]) =>
  lumbre(['tokenizer', 'train', path('story.txt'), '--out', path('tokenizer.json'), ...words]);
const trained = () => Tokenizer.fromJSON(readFileSync(path('tokenizer.json'), 'utf8'));

describe('train', () => {
  test('writes a tokenizer, and says how it went, in both languages', async () => {
    const { code, output, errors } = await train('--vocab-size', '330');
    expect([code, errors]).toEqual([0, '']);
    expect(plain(output)).toContain('Cuenta palabras');
    expect(plain(output)).toContain('Aprende fusiones');
    expect(plain(output)).toMatch(/Listo: 330 tokens en \d+ s\./);
    expect(plain(output)).toMatch(/\d,\d\d caracteres por token/);
    expect(output).toContain(path('tokenizer.json'));
    const tokenizer = trained();
    expect(tokenizer.vocabSize).toBe(330);
    expect(tokenizer.tokenToId('<|endoftext|>')).toBe(0);
    expect(tokenizer.decode(tokenizer.encode(`${story}☃`).ids)).toBe(`${story}☃`);
    const english = await train('--vocab-size', '5000', '--lang', 'en', '--force');
    expect(plain(english.output)).toMatch(/Done: \d+ tokens in \d+ s\.\n {2}5000 were asked for/);
  });

  test('does not overwrite, unless told to', async () => {
    writeFileSync(path('tokenizer.json'), 'mine');
    const refused = await train();
    expect(refused.code).toBe(1);
    expect(refused.errors).toMatch(/ya existe\. Elige otro con --out, o sobrescríbelo con --force/);
    expect(readFileSync(path('tokenizer.json'), 'utf8')).toBe('mine');
    expect((await train('--force', '--quiet')).output).toBe('');
    expect(trained().vocabSize).toBeGreaterThan(257);
  });

  test.each([
    ['wordpiece', ['--lowercase', '--vocab-size', '120'], '[CLS] había una vez [SEP]'],
    ['unigram', ['--vocab-size', '60'], 'Había una vez'],
    ['characters', [], 'Había una vez'],
    ['bpe', ['--byte-fallback', '--vocab-size', '400'], 'Había una vez ☃'],
    ['unigram', ['--byte-fallback', '--vocab-size', '320'], 'Había una vez ☃'],
  ])('%s %s', async (model, options, decoded) => {
    const { code, errors } = await train(
      '--model',
      model,
      ...options,
      '--special',
      '<a>',
      '--special',
      '<b>',
    );
    expect([code, errors]).toEqual([0, '']);
    const tokenizer = trained();
    const text = decoded.replace('[CLS] ', '').replace(' [SEP]', '').replace('había', 'Había');
    const { ids } = tokenizer.encode(text);
    expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(decoded);
    const special = [...tokenizer.addedTokens.values()].filter((token) => token.special);
    expect(special.map(({ content }) => content)).toEqual(expect.arrayContaining(['<a>', '<b>']));
    expect(special.some(({ content }) => content.startsWith('<0x'))).toBe(false);
  });

  test('--json: progress and the end, a line each', async () => {
    const { events, output } = await train('--json', '--vocab-size', '300');
    expect(output.trim().split('\n')).toHaveLength(events.length);
    expect(events.filter(({ type }) => type === 'progress').map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['words', 'pairs', 'merges']),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'trained',
      file: path('tokenizer.json'),
      model: 'bpe',
      vocabSize: 300,
      seconds: expect.any(Number),
      charactersPerToken: expect.any(Number),
    });
  });

  test('folders are read whole, and give what their files give one by one', async () => {
    mkdirSync(path('texts/more'), { recursive: true });
    writeFileSync(path('texts/a.txt'), story.slice(0, 1000));
    writeFileSync(path('texts/more/b.md'), story.slice(1000));
    writeFileSync(path('texts/c.bin'), Buffer.from([0, 1, 2]));
    const fromFolder = path('folder.json');
    const fromFiles = path('files.json');
    await lumbre(['tokenizer', 'train', path('texts'), '--out', fromFolder]);
    await lumbre(['tokenizer', 'train', path('texts/a.txt'), path('texts/more/b.md'), '--out', fromFiles]);
    expect(readFileSync(fromFolder)).toEqual(readFileSync(fromFiles));
  });

  test('Ctrl-C: nothing is written', async () => {
    const { code, errors } = await lumbre(
      ['tokenizer', 'train', path('story.txt'), '--out', path('tokenizer.json')],
      { watch: (_, interrupt) => interrupt() },
    );
    expect(code).toBe(1);
    expect(errors).toMatch(/Entrenamiento interrumpido: no se ha escrito nada/);
    expect(readdirSync(path(''))).not.toContain('tokenizer.json');
  });

  test('what cannot be', async () => {
    const latin = path('latin1.txt');
    writeFileSync(latin, Buffer.from('Espa\xf1a', 'latin1'));
    const wrong = await lumbre(['tokenizer', 'train', latin, '--out', path('a.json')]);
    expect([wrong.code, wrong.errors]).toEqual([1, expect.stringMatching(/no es texto UTF-8|UTF-8/)]);
    const missing = await lumbre(['tokenizer', 'train', path('nowhere.txt'), '--out', path('a.json')]);
    expect([missing.code, missing.errors]).toEqual([1, expect.stringContaining('nowhere.txt')]);
    const frequency = await train('--model', 'unigram', '--min-frequency', '2');
    expect([frequency.code, frequency.errors]).toEqual([
      2,
      expect.stringMatching(/--min-frequency solo sirve con --model bpe, wordpiece, characters/),
    ]);
    expect((await train('--model', 'rules')).code).toBe(2);
    expect((await train('--vocab-size', '0')).code).toBe(2);
    const small = await train('--model', 'unigram', '--vocab-size', '20');
    expect([small.code, small.errors]).toEqual([1, expect.stringMatching(/different characters/)]);
  });
});

test('large files are read part by part, as they are when they are read whole', async () => {
  // The parts of the reader end within characters, and within the end of a line.
  const line = 'ñ🔥 a\r\nb\r\r\n';
  const text = line.repeat(500);
  writeFileSync(path('large.txt'), text);
  const [source] = await openTexts([path('large.txt')], 97);
  let lines = 0;
  let last = '';
  for await (const batch of source?.lines() ?? []) {
    for (const one of batch) {
      const expected = ['ñ🔥 a\n', 'b\n', '\n'][lines++ % 3];
      if (one !== expected) throw new Error(`line ${lines} is ${JSON.stringify(one)}`);
      last = one;
    }
  }
  expect(last).toBe('\n');
  expect(lines).toBe(3 * (text.length / line.length));

  const broken = Buffer.from(text);
  const at = 4321;
  broken[at] = 0xff;
  writeFileSync(path('broken.txt'), broken);
  const [brokenSource] = await openTexts([path('broken.txt')], 97);
  const read = async () => {
    for await (const batch of brokenSource?.lines() ?? []) lines += batch.length;
  };
  const error = (await read().catch((error: unknown) => error)) as { values: { offset: number } };
  // A byte that is torn out of a character makes its first byte the one that does not fit.
  expect(at - error.values.offset).toBeGreaterThanOrEqual(0);
  expect(at - error.values.offset).toBeLessThan(4);
});

describe('encode', () => {
  beforeEach(async () => {
    await train('--quiet', '--vocab-size', '330');
  });

  test('shows tokens as they lie in the text', async () => {
    const { code, output } = await lumbre([
      'tokenizer',
      'encode',
      path('tokenizer.json'),
      'Había',
      'una',
      '☃',
    ]);
    expect(code).toBe(0);
    const text = plain(output);
    expect(text).toContain('Había|␣una|');
    // Three bytes of one character: it is seen once.
    expect(text).toMatch(/☃\|·\|·/);
    expect(text).toMatch(/\d tokens, 11 caracteres/);
    const { ids } = trained().encode('Había una ☃');
    expect(text).toContain(`ids: ${ids.join(' ')}`);
  });

  test('in colours', async () => {
    const { output } = await lumbre(['tokenizer', 'encode', path('tokenizer.json'), 'Había una'], {
      environment: { FORCE_COLOR: '1' },
    });
    expect(output).toContain('\u001b[38;5;209mHabía\u001b[39m\u001b[38;5;110m␣una\u001b[39m');
  });

  test('from a file, and as JSON', async () => {
    const { events } = await lumbre([
      ...['tokenizer', 'encode', path('tokenizer.json'), '--file', path('story.txt'), '--json'],
    ]);
    const { ids, tokens, offsets } = trained().encode(story);
    expect(events).toEqual([
      { type: 'encoding', text: story, ids, tokens, offsets, characters: [...story].length },
    ]);
  });

  test('--no-special', async () => {
    await train('--force', '--quiet', '--model', 'wordpiece');
    const tokens = async (...words: string[]) =>
      (await lumbre(['tokenizer', 'encode', path('tokenizer.json'), 'una', '--json', ...words])).events[0]
        ?.tokens;
    expect(await tokens()).toEqual(['[CLS]', 'una', '[SEP]']);
    expect(await tokens('--no-special')).toEqual(['una']);
  });

  test('what cannot be', async () => {
    const file = path('tokenizer.json');
    const neither = await lumbre(['tokenizer', 'encode', file]);
    expect([neither.code, neither.errors]).toEqual([2, expect.stringMatching(/Falta el texto/)]);
    const both = await lumbre(['tokenizer', 'encode', file, 'a', '--file', path('story.txt')]);
    expect([both.code, both.errors]).toEqual([2, expect.stringMatching(/no van juntos/)]);
    const missing = await lumbre(['tokenizer', 'encode', path('none.json'), 'a', '--lang', 'en']);
    expect([missing.code, missing.errors]).toEqual([1, expect.stringMatching(/There is no .*none\.json/)]);
    for (const content of ['{"model": 3}', 'no JSON', '[]', Buffer.from([0xff, 0xfe])]) {
      writeFileSync(path('bad.json'), content);
      const bad = await lumbre(['tokenizer', 'encode', path('bad.json'), 'a', '--lang', 'en']);
      expect([bad.code, bad.errors]).toEqual([1, expect.stringMatching(/cannot be used as a tokenizer/)]);
    }
  });
});

describe('inspect', () => {
  test('tells of stages, special tokens and the vocabulary', async () => {
    await train('--quiet', '--vocab-size', '400', '--special', '<a>');
    const { code, output } = await lumbre(['tokenizer', 'inspect', path('tokenizer.json'), '--lang', 'en']);
    expect(code).toBe(0);
    expect(output).toMatch(/model +BPE\n +tokens +\d+\n +merges +\d+/);
    expect(output).toMatch(/normalizer +none\n +pre-tokenizer +ByteLevel/);
    expect(output).toMatch(/special +<\|endoftext\|> \(0\), <a> \(1\)/);
    expect(output).toMatch(/the longest +«.*brasas.*»/);
  });

  test('--json, of a folder with the files of older tokenizers', async () => {
    mkdirSync(path('bert'));
    const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'lumbre', '##s'];
    writeFileSync(path('bert/vocab.txt'), `${tokens.join('\n')}\n`);
    const { events } = await lumbre(['tokenizer', 'inspect', path('bert'), '--json']);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: 'tokenizer',
      model: 'WordPiece',
      vocabSize: 7,
      merges: null,
      unknown: '[UNK]',
      normalizer: 'BertNormalizer',
      preTokenizer: 'BertPreTokenizer',
      decoder: 'WordPiece',
      added: [],
    });
    expect(events[0]?.longest).toMatchObject([{ id: 5, text: 'lumbre' }, { id: 6 }]);
  });

  test('a unigram tokenizer, whose stages are sequences', async () => {
    await train('--quiet', '--model', 'unigram', '--byte-fallback', '--lowercase', '--vocab-size', '320');
    const { events } = await lumbre(['tokenizer', 'inspect', path('tokenizer.json'), '--json']);
    expect(events[0]).toMatchObject({
      model: 'Unigram',
      unknown: '<unk>',
      normalizer: 'NFKC → Lowercase',
      decoder: 'ByteFallback → Metaspace',
    });
  });

  test('a model that is not here', async () => {
    const { code, errors } = await lumbre(['tokenizer', 'inspect', 'nobody/nothing']);
    expect(code).toBe(1);
    expect(errors).toContain('nobody/nothing');
  });
});

test('the bar tells what is done, how fast, and how long it takes', () => {
  let written = '';
  const output = { write: (text: string) => (written += text), isTTY: true, columns: 120, rows: 20 };
  const surroundings = { output, errors: output, environment: {}, signal: new AbortController().signal };
  const display = new TokenizerDisplay(makeContext(surroundings, 'en'));
  display.show({ stage: 'words', done: 500, total: 2000, seconds: 1, rate: 500, secondsLeft: 3 });
  display.done();
  expect(plain(written)).toMatch(/Counting words .*━.*25%.*500 characters\/s {2}3 s left/s);
  written = '';
  display.show({ stage: 'seeds', done: 0, seconds: 0, rate: 0 });
  expect(written).toContain('Looking for pieces');
});
