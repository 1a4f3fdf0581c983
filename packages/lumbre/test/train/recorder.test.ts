import { expect, test } from 'vitest';
import type { Picture } from '../../src/data/index.ts';
import { parseMetrics, type RunFiles, RunRecorder } from '../../src/train/index.ts';

class MemoryFiles implements RunFiles {
  readonly texts = new Map<string, string>();

  async read(name: string): Promise<Uint8Array | null> {
    const text = this.texts.get(name);
    return text === undefined ? null : new TextEncoder().encode(text);
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    this.texts.set(name, typeof content === 'string' ? content : new TextDecoder().decode(content));
  }

  async append(name: string, text: string): Promise<void> {
    this.texts.set(name, (this.texts.get(name) ?? '') + text);
  }
}

const step = (number: number) => ({
  type: 'step' as const,
  step: number,
  steps: 9,
  metrics: { loss: 1 / number, lr: 0.5 },
  rate: 10,
  unit: 'tokens' as const,
  secondsLeft: 1,
});

const encode = async ({ shape }: Picture) => new TextEncoder().encode(`png ${shape}`);
const bytesOf = (text: string) => new TextEncoder().encode(text);

test('a run writes down its metrics, samples and checkpoints', async () => {
  const files = new MemoryFiles();
  const recorder = new RunRecorder(files, encode);
  await recorder.begin({ seed: 1 }, new Map([['tokenizer.json', '{}']]));
  await recorder.record(step(1));
  await recorder.record(step(2));
  expect(files.texts.get('metrics.jsonl')).toBe('');
  await recorder.record({ type: 'validation', step: 2, metrics: { loss: 0.25 }, best: true });
  await recorder.record({ type: 'sample', step: 2, sample: { kind: 'text', text: 'cab' } });
  const picture: Picture = { data: new Uint8Array(2), shape: [1, 2, 1] };
  await recorder.record({ type: 'sample', step: 3, sample: { kind: 'image', picture } });
  await recorder.record({ type: 'sample', step: 4, sample: { kind: 'midi', bytes: bytesOf('MThd') } });
  await recorder.record({ type: 'checkpoint', step: 2, bytes: bytesOf('all'), weights: bytesOf('weights') });
  expect(JSON.parse(files.texts.get('config.json') ?? '')).toEqual({ seed: 1 });
  expect(files.texts.get('tokenizer.json')).toBe('{}');
  expect(files.texts.get('samples.txt')).toBe('--- 2\ncab\n\n');
  expect(files.texts.get('samples/000003.png')).toBe('png 1,2,1');
  expect(files.texts.get('samples/000004.mid')).toBe('MThd');
  expect(files.texts.get('checkpoint.safetensors')).toBe('all');
  expect(files.texts.get('model.safetensors')).toBe('weights');
  expect(parseMetrics(files.texts.get('metrics.jsonl') ?? '')).toEqual([
    { step: 1, train: { loss: 1, lr: 0.5 } },
    { step: 2, train: { loss: 0.5, lr: 0.5 } },
    { step: 2, validation: { loss: 0.25 } },
  ]);
});

test('a run that goes on drops the metrics of steps after its checkpoint, and half lines', async () => {
  const files = new MemoryFiles();
  await files.write(
    'metrics.jsonl',
    '{"step":1,"train":{"loss":3}}\n{"step":2,"train":{"loss":2}}\n{"step":3,"train":{"loss":1}}\n{"ste',
  );
  const recorder = new RunRecorder(files, encode);
  expect(await recorder.resume(2)).toEqual([
    { step: 1, train: { loss: 3 } },
    { step: 2, train: { loss: 2 } },
  ]);
  expect(files.texts.get('metrics.jsonl')).toBe(
    '{"step":1,"train":{"loss":3}}\n{"step":2,"train":{"loss":2}}\n',
  );
});

test('metrics are not kept waiting for long', async () => {
  const files = new MemoryFiles();
  const recorder = new RunRecorder(files, encode);
  for (let i = 1; i <= 120; i++) await recorder.record(step(i));
  expect(parseMetrics(files.texts.get('metrics.jsonl') ?? '')).toHaveLength(100);
  await recorder.flush();
  expect(parseMetrics(files.texts.get('metrics.jsonl') ?? '')).toHaveLength(120);
});
