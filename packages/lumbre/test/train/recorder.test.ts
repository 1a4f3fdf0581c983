import { expect, test } from 'vitest';
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
  loss: 1 / number,
  lr: 0.5,
  gradNorm: 1,
  tokensPerSecond: 10,
  secondsLeft: 1,
});

test('a run writes down its metrics, samples and checkpoints', async () => {
  const files = new MemoryFiles();
  const recorder = new RunRecorder(files, (tokens) => tokens.map((token) => 'abc'[token]).join(''));
  await recorder.begin({ seed: 1 }, { type: 'char' });
  await recorder.record(step(1));
  await recorder.record(step(2));
  expect(files.texts.get('metrics.jsonl')).toBe('');
  await recorder.record({ type: 'validation', step: 2, loss: 0.25, best: true });
  await recorder.record({ type: 'sample', step: 2, tokens: [2, 0, 1] });
  await recorder.record({ type: 'checkpoint', step: 2, bytes: new TextEncoder().encode('weights') });
  expect(JSON.parse(files.texts.get('config.json') ?? '')).toEqual({ seed: 1 });
  expect(files.texts.get('samples.txt')).toBe('--- 2\ncab\n\n');
  expect(files.texts.get('checkpoint.safetensors')).toBe('weights');
  expect(parseMetrics(files.texts.get('metrics.jsonl') ?? '')).toEqual([
    { step: 1, loss: 1, lr: 0.5, gradNorm: 1 },
    { step: 2, loss: 0.5, lr: 0.5, gradNorm: 1 },
    { step: 2, validationLoss: 0.25 },
  ]);
});

test('a run that goes on drops the metrics of steps after its checkpoint, and half lines', async () => {
  const files = new MemoryFiles();
  await files.write('metrics.jsonl', '{"step":1,"loss":3}\n{"step":2,"loss":2}\n{"step":3,"loss":1}\n{"ste');
  const recorder = new RunRecorder(files, String);
  expect(await recorder.resume(2)).toEqual([
    { step: 1, loss: 3 },
    { step: 2, loss: 2 },
  ]);
  expect(files.texts.get('metrics.jsonl')).toBe('{"step":1,"loss":3}\n{"step":2,"loss":2}\n');
});

test('metrics are not kept waiting for long', async () => {
  const files = new MemoryFiles();
  const recorder = new RunRecorder(files, String);
  for (let i = 1; i <= 120; i++) await recorder.record(step(i));
  expect(parseMetrics(files.texts.get('metrics.jsonl') ?? '')).toHaveLength(100);
  await recorder.flush();
  expect(parseMetrics(files.texts.get('metrics.jsonl') ?? '')).toHaveLength(120);
});
