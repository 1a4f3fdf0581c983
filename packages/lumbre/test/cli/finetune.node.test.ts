import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  AutoModelForCausalLM,
  AutoModelForSequenceClassification,
  AutoPeftModelForCausalLM,
} from '../../src/transformers/index.ts';
import { tinyBert, tinyGpt2 } from '../transformers/tinyModel.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();

const lines = (of: (i: number) => object) =>
  Array.from({ length: 20 }, (_, i) => JSON.stringify(of(i))).join('\n');

beforeEach(async () => {
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  for (const [name, make] of [
    ['gpt2', tinyGpt2],
    ['bert', tinyBert],
  ] as const) {
    mkdirSync(path(name), { recursive: true });
    const repository = await make();
    for (const file of await repository.list())
      writeFileSync(path(`${name}/${file}`), await repository.read(file));
  }
  writeFileSync(
    path('pairs.jsonl'),
    lines((i) => ({ prompt: `${i}?`, completion: ` ¡eso ${i}!` })),
  );
});

const few = [
  '--steps',
  '4',
  '--max-length',
  '32',
  '--set',
  'evalInterval=2',
  '--set',
  'sampleTokens=8',
  '--lr',
  '0.01',
];
const tune = (...words: string[]) =>
  lumbre([
    'finetune',
    path('gpt2'),
    '--data',
    path('pairs.jsonl'),
    '--out',
    path('runs/run'),
    ...few,
    ...words,
  ]);
const weights = (run: string) => readFileSync(path(`${run}/model.safetensors`));

describe('lumbre finetune', () => {
  test('leaves a folder that all else opens', async () => {
    const { code, output, errors } = await tune('--lora', '--set', 'lora.r=4');
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain('en adaptadores LoRA');
    expect(output).toContain('18 filas, y 2 apartadas');
    const model = await AutoModelForCausalLM.fromPretrained(path('runs/run'));
    const peft = await AutoPeftModelForCausalLM.fromPretrained(path('runs/run/adapter'));
    const adapted = peft.mergeAndUnload();
    for (const [name, value] of model.namedParameters()) {
      const other = await (adapted.namedParameters().get(name) as typeof value).data();
      const own = await value.data();
      for (let i = 0; i < own.length; i++) expect(other[i]).toBeCloseTo(own[i] as number, 6);
    }
    model.dispose();
    adapted.dispose();
    const samples = readFileSync(path('runs/run/samples.txt'), 'utf8');
    expect(samples.match(/^--- \d+$/gm)).toEqual(['--- 0', '--- 2', '--- 4']);
    const written = await lumbre([
      'generate',
      path('runs/run'),
      '--prompt',
      '3?',
      '--max-new-tokens',
      '5',
      '--json',
      '--seed',
      '1',
    ]);
    expect([written.code, written.errors]).toEqual([0, '']);
    expect(JSON.parse(written.output)).toMatchObject({ prompt: '3?' });
    const runs = await lumbre(['runs', 'list', path('runs'), '--json']);
    expect([runs.code, runs.errors]).toEqual([0, '']);
    const listed = runs.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { recipe?: string; step: number });
    expect(listed).toContainEqual(expect.objectContaining({ recipe: 'finetune', step: 4 }));
  });

  test('stops by Ctrl-C, and goes on to the same weights bit for bit', async () => {
    const whole = await tune('--lora', '--set', 'lora.loraDropout=0.1', '--json');
    expect(whole.code).toBe(0);
    const events = whole.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type?: string });
    expect(events.length).toBeGreaterThan(4);
    const once = weights('runs/run');
    const words = ['--lora', '--set', 'lora.loraDropout=0.1', '--out', path('halves')];
    const half = await lumbre(['finetune', path('gpt2'), '--data', path('pairs.jsonl'), ...few, ...words], {
      watch: (text, interrupt) => {
        if (text.includes('paso 1 ')) interrupt();
      },
    });
    expect(half.errors).toBe('');
    expect(half.output).toContain('se puede seguir');
    expect(weights('halves').equals(once)).toBe(false);
    const rest = await lumbre(['finetune', '--resume', path('halves'), '--quiet']);
    expect([rest.code, rest.errors]).toEqual([0, '']);
    expect(weights('halves').equals(once)).toBe(true);
    const again = await lumbre(['finetune', '--resume', path('halves')]);
    expect(again.code).toBe(1);
    expect(again.errors).toContain('4');
  });

  test('makes classifiers of texts with labels', async () => {
    writeFileSync(
      path('labels.csv'),
      `text,label\n${Array.from({ length: 20 }, (_, i) => `"${i % 2 ? 'bueno' : 'malo'}, ${i}",${i % 2 ? 'sí' : 'no'}`).join('\n')}\n`,
    );
    const { code, output, errors } = await lumbre([
      'finetune',
      path('bert'),
      '--data',
      path('labels.csv'),
      '--out',
      path('runs/run'),
      ...few,
    ]);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain('no, sí');
    const model = await AutoModelForSequenceClassification.fromPretrained(path('runs/run'));
    expect(model.config).toMatchObject({ id2label: ['no', 'sí'] });
    model.dispose();
  });

  test('says what is wrong before it writes anything, in both languages', async () => {
    const none = await lumbre(['finetune', path('gpt2')]);
    expect([none.code, none.errors]).toEqual([2, expect.stringContaining('Faltan el modelo y los datos')]);
    const setting = await tune('--set', 'learningRate=1', '--lang', 'en');
    expect(setting.errors).toContain('learningRate');
    writeFileSync(path('pairs.jsonl'), '{"prompt": 1}');
    const data = await tune();
    expect(data.errors).toContain('pairs.jsonl, line 1');
    writeFileSync(
      path('pairs.jsonl'),
      lines((i) => ({ text: `${i} brasas` })),
    );
    const target = await tune('--set', 'lora.targetModules=["q_proj"]');
    expect(target.errors).toContain('c_attn');
    expect(existsSync(path('runs/run'))).toBe(false);
    const fixed = await lumbre(['finetune', '--resume', path('runs/run'), '--lr', '1']);
    expect(fixed.errors).toContain('--lr');
  });
});
