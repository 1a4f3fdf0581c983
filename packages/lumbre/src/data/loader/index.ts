export { DataLoader, type DataLoaderOptions, type DataLoaderState } from './dataLoader.ts';
export {
  BatchSampler,
  type BatchSamplerLike,
  RandomSampler,
  type RandomSamplerOptions,
  type Sampler,
  SequentialSampler,
  WeightedRandomSampler,
} from './sampler.ts';
export { DataLoaderError } from './source.ts';
export { type WorkerDataset, workerDataset } from './workerDataset.ts';
