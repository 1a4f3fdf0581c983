import { Generator } from '../../src/index.ts';
import { GPT } from '../../src/models/index.ts';
import { completeTrainConfig, type TrainConfig, type TrainEvent, Trainer } from '../../src/train/index.ts';

const pattern = (length: number, shift: number) =>
  Int32Array.from({ length }, (_, i) => (i * i + shift * (i % 3)) % 7);

export const data = { train: pattern(400, 1), validation: pattern(60, 1) };

/** A tiny model, with dropout so that random state matters, and its trainer. */
export function makeTrainer(config: Partial<TrainConfig> = {}, { dropout = 0.1, dataset = data } = {}) {
  const seed = config.seed ?? 1;
  const generator = new Generator(seed);
  const sizes = { vocabSize: 7, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 8, initStd: 0.3 };
  const model = new GPT({ ...sizes, dropout }, { generator });
  const complete = completeTrainConfig({
    steps: 12,
    batchSize: 4,
    lr: 0.01,
    evalInterval: 4,
    evalBatches: 2,
    ...config,
  });
  const trainer = new Trainer({ model, config: complete, data: dataset, generator });
  return {
    model,
    trainer,
    dispose: () => {
      trainer.dispose();
      model.dispose();
    },
  };
}

/** Runs and collects what is told. */
export async function runAll(trainer: Trainer, onEvent: (event: TrainEvent) => void = () => {}) {
  const events: TrainEvent[] = [];
  const end = await trainer.run((event) => {
    events.push(event);
    onEvent(event);
  });
  const losses = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
  return { events, end, losses };
}
