import { compile, Generator, randn, type Tensor } from '../../src/index.ts';
import { Linear, mseLoss } from '../../src/nn/index.ts';
import { AdamW } from '../../src/optim/index.ts';
import {
  type LoopConfig,
  ownTensors,
  type Sample,
  type Task,
  type TrainEvent,
  TrainingLoop,
} from '../../src/train/index.ts';

export interface LineTaskOptions {
  readonly seed?: number;
  readonly lr?: number;
  readonly fingerprint?: string;
  readonly withSamples?: boolean;
}

/** Learns y = 2x - 1 from points that it draws itself, with dropout, so that its generators matter. */
export function makeLineTask({
  seed = 1,
  lr = 0.05,
  fingerprint = 'line',
  withSamples = false,
}: LineTaskOptions = {}): Task & { readonly model: Linear } {
  const points = new Generator(seed);
  const noise = new Generator(seed + 1000);
  const model = new Linear(3, 1, { generator: new Generator(seed) });
  const optimizer = new AdamW(model.parameters(), { lr });
  const lossOf = (x: Tensor) => mseLoss(model.forward(x), x.sum(-1, { keepdim: true }).mul(2).sub(1));
  const train = compile(() => {
    const loss = lossOf(randn([8, 3], { generator: points }).dropout(0.1, true, noise));
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const heldOut = randn([32, 3], { generator: new Generator(7) });
  const read = async (value: Tensor) => {
    const number = await value.item();
    value.dispose();
    return number;
  };
  const sample = async (): Promise<Sample> => ({ kind: 'text', text: 'y = 2x - 1' });
  return {
    model,
    parts: { model, optimizer, points, noise },
    pace: { count: 8, unit: 'examples' },
    watched: { metric: 'loss', mode: 'min' },
    fingerprint,
    published: () => ownTensors(model),
    step: async () => ({ loss: await read(train()) }),
    evaluate: async () => ({ loss: await read(lossOf(heldOut)) }),
    ...(withSamples && { sample }),
    dispose() {
      train.dispose();
      optimizer.dispose();
      model.dispose();
      heldOut.dispose();
    },
  };
}

export const makeLoop = (config: Partial<LoopConfig> = {}, options: LineTaskOptions = {}): TrainingLoop =>
  new TrainingLoop(makeLineTask(options), { steps: 12, evalInterval: 4, ...config });

/** Runs and collects what is told. */
export async function runAll(loop: TrainingLoop, onEvent: (event: TrainEvent) => void = () => {}) {
  const events: TrainEvent[] = [];
  const end = await loop.run((event) => {
    events.push(event);
    onEvent(event);
  });
  const losses = events.flatMap((event) => (event.type === 'step' ? [event.metrics.loss as number] : []));
  return { events, end, losses };
}

/** The bytes of the last checkpoint among events. */
export function lastCheckpoint(events: readonly TrainEvent[]): Uint8Array {
  const found = events.findLast((event) => event.type === 'checkpoint');
  if (found?.type !== 'checkpoint') throw new Error('there is no checkpoint among the events');
  return found.bytes;
}
