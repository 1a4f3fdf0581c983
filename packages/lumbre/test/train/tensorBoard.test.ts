import { describe, expect, test } from 'vitest';
import type { Picture } from '../../src/data/index.ts';
import { Generator, randn } from '../../src/index.ts';
import { Linear, mseLoss } from '../../src/nn/index.ts';
import { AdamW } from '../../src/optim/index.ts';
import { fit, RunRecorder, TensorBoard, TensorBoardWriter } from '../../src/train/index.ts';
import { crc32c, maskedCrc32c } from '../../src/train/tensorboard/crc32c.ts';
import { ProtobufMessage } from '../../src/train/tensorboard/protobuf.ts';
import fixture from '../fixtures/train/tensorBoard.json' with { type: 'json' };
import { readEvents, readMessage, readRecords } from './eventFile.ts';
import { MemoryFiles } from './memoryFiles.ts';

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const bytesOf = (text: string) => new TextEncoder().encode(text);
const only = (files: MemoryFiles) => {
  const [name] = [...files.contents.keys()].filter((each) => each.includes('tfevents'));
  return files.contents.get(name as string) as Uint8Array;
};

describe('event files', () => {
  test('have the CRC of RFC 3720, masked as TensorBoard masks it', () => {
    expect(crc32c(bytesOf('123456789'))).toBe(0xe3069283);
    for (const [text, crc] of Object.entries(fixture.crc)) expect(maskedCrc32c(bytesOf(text))).toBe(crc);
  });

  test("are, byte by byte, what TensorBoard's own classes write", async () => {
    const { times, picture, text } = fixture;
    const files = new MemoryFiles();
    let next = 0;
    const writer = new TensorBoardWriter(files, {
      wallTime: () => times[next++] as number,
      firstStep: 7,
      host: 'machine',
      pid: 42,
    });
    writer.addScalar('train/loss', 2.5, 1);
    writer.addScalar('validation/loss', 0.1, 300);
    writer.addImage('sample', fromBase64(picture), 2 ** 40);
    expect(files.contents.size).toBe(0);
    await writer.flush();
    writer.addText('sample', text, 300);
    await writer.flush();
    await writer.flush();
    expect([...files.contents.keys()]).toEqual(['events.out.tfevents.1764288000.250.machine.42']);
    expect(files.contents.get(writer.name)).toEqual(fromBase64(fixture.file));
  });

  test('are read record by record; a byte that is wrong is seen', () => {
    const file = fromBase64(fixture.file);
    expect(readRecords(file)).toHaveLength(6);
    expect(readEvents(file).slice(0, 4)).toEqual([
      { wallTime: 1764288000.25, step: 0, version: 'brain.Event:2', restart: false },
      { wallTime: 1764288000.25, step: 7, restart: true },
      { wallTime: 1764288001.25, step: 1, restart: false, tag: 'train/loss', scalar: 2.5 },
      {
        wallTime: 1764288002.25,
        step: 300,
        restart: false,
        tag: 'validation/loss',
        scalar: Math.fround(0.1),
      },
    ]);
    for (const at of [3, 20]) {
      const wrong = file.slice();
      wrong[at]! ^= 1;
      expect(() => readRecords(wrong)).toThrow(/CRC is wrong/);
    }
  });

  test('take whole numbers up to 2⁵³ and no others', () => {
    const largest = Number.MAX_SAFE_INTEGER;
    expect(readMessage(new ProtobufMessage().integer(1, largest).finish())).toEqual([[1, largest]]);
    expect(() => new ProtobufMessage().integer(1, -1)).toThrow(/-1 is no whole number/);
    expect(() => new ProtobufMessage().integer(1, 0.5)).toThrow(RangeError);
  });

  test('take no picture that is no PNG', () => {
    const writer = new TensorBoardWriter(new MemoryFiles());
    expect(() => writer.addImage('sample', bytesOf('GIF89a'), 1)).toThrow(/6 bytes is no PNG/);
  });
});

const options = { tensorBoard: { host: 'here', pid: 1 } };
const png = fromBase64(fixture.picture);
const encode = async (_: Picture) => png;
const step = (number: number) => ({
  type: 'step' as const,
  step: number,
  steps: 9,
  metrics: { loss: 1 / number, lr: 0.5 },
  rate: 10,
  unit: 'tokens' as const,
  secondsLeft: 1,
});

describe('a run', () => {
  test('writes figures, pictures and texts as it goes', async () => {
    const files = new MemoryFiles();
    const recorder = new RunRecorder(files, encode, options);
    await recorder.resume(0);
    await recorder.record(step(1));
    await recorder.record({ type: 'validation', step: 1, metrics: { loss: 0.25 }, best: true });
    await recorder.record({ type: 'sample', step: 1, sample: { kind: 'text', text: 'uno\ndos' } });
    const picture: Picture = { data: new Uint8Array(2), shape: [1, 2, 1] };
    await recorder.record({ type: 'sample', step: 1, sample: { kind: 'image', picture } });
    await recorder.flush();
    const events = readEvents(only(files));
    expect(events.map(({ step, tag, restart, scalar }) => ({ step, tag, restart, scalar }))).toEqual([
      { step: 0, tag: undefined, restart: false, scalar: undefined },
      { step: 1, tag: 'train/loss', restart: false, scalar: 1 },
      { step: 1, tag: 'train/lr', restart: false, scalar: 0.5 },
      { step: 1, tag: 'validation/loss', restart: false, scalar: 0.25 },
      { step: 1, tag: 'sample', restart: false, scalar: undefined },
      { step: 1, tag: 'sample', restart: false, scalar: undefined },
    ]);
    expect(new TextDecoder('latin1').decode(only(files))).toContain('    uno\n    dos');
  });

  test('that goes on begins a file, and says which step it makes once more', async () => {
    const files = new MemoryFiles();
    const recorder = new RunRecorder(files, encode, options);
    await recorder.resume(4);
    await recorder.record(step(5));
    await recorder.flush();
    const [version, restart, loss] = readEvents(only(files));
    expect(version).toMatchObject({ version: 'brain.Event:2' });
    expect(restart).toMatchObject({ restart: true, step: 5 });
    expect(loss).toMatchObject({ tag: 'train/loss', step: 5 });
  });

  test('writes none unless it is asked to', async () => {
    const files = new MemoryFiles();
    const recorder = new RunRecorder(files, encode);
    await recorder.record(step(1));
    await recorder.flush();
    expect([...files.contents.keys()]).toEqual(['metrics.jsonl']);
  });
});

test('fit writes figures of epochs and, if asked to, of batches', async () => {
  const x = randn([16, 3], { generator: new Generator(1) }).realize();
  const y = x.sum(-1, { keepdim: true }).realize();
  const model = new Linear(3, 1, { generator: new Generator(2) });
  const optimizer = new AdamW(model.parameters(), { lr: 0.1 });
  const files = new MemoryFiles();
  const board = new TensorBoard({ files, folder: 'logs', updateFreq: 2, wallTime: () => 1 });
  const { history } = await fit(
    model,
    { x, y },
    { optimizer, loss: mseLoss, epochs: 2, batchSize: 4, validation: { x, y }, seed: 1, callbacks: [board] },
  );
  expect([...files.contents.keys()]).toEqual(['logs/events.out.tfevents.0000000001.000.lumbre.0']);
  const events = readEvents(only(files)).filter(({ tag }) => tag?.endsWith('oss'));
  expect(events.map(({ tag, step }) => `${tag} ${step}`)).toEqual([
    ...['batch/loss 2', 'batch/loss 4', 'train/loss 1', 'validation/loss 1'],
    ...['batch/loss 6', 'batch/loss 8', 'train/loss 2', 'validation/loss 2'],
  ]);
  expect(events.at(-1)?.scalar).toBe(Math.fround(history.valLoss?.[1] as number));
  expect(() => new TensorBoard({ files, updateFreq: 0 })).toThrow(/not 0/);
  for (const used of [x, y, optimizer, model]) used.dispose();
});
