/**
 * Data to learn from: datasets and their batches, transforms, token shards, text, and the stories that Lumbre's own grammar
 * writes. Tables are a module of their own, `table/index.ts`: Arquero takes its time to load.
 */
export { ArrayDataset, type Columns } from './arrayDataset.ts';
export {
  type Collated,
  collate,
  type Leaf,
  padSequences,
  type Tensors,
  type ToTensorsOptions,
  toTensors,
} from './collate.ts';
export {
  ConcatDataset,
  Dataset,
  type DatasetLike,
  type ExampleContext,
  type MapContext,
  MapDataset,
  Subset,
} from './dataset.ts';
export { type HostArray, type HostData, hostArray, scalar } from './hostArray.ts';
export { enlarge, type GridOptions, gridOf, stripOf } from './imageGrid.ts';
export {
  type ByteImages,
  type Colour,
  channelsFirst,
  channelsLast,
  flattenAlpha,
  type ImageBatch,
  type PixelRange,
  pictureOf,
  picturesOf,
  stackPictures,
  toBytes,
  toFloats,
} from './images.ts';
export { IterableDataset, type StreamInfo, type StreamLike } from './iterableDataset.ts';
export * from './loader/index.ts';
export * from './music/index.ts';
export type { Picture } from './picture.ts';
export * from './registry/index.ts';
export * from './shards/index.ts';
export {
  type KFoldOptions,
  kFold,
  randomSplit,
  type SplitOptions,
  type TrainTestOptions,
  trainTestSplit,
} from './splits.ts';
export * from './stories/index.ts';
export { TensorDataset } from './tensorDataset.ts';
export { decodeText, splitTokens, TextError } from './text.ts';
export { type BatchOptions, evenBatches, RandomBatches, type TokenBatch } from './textBatches.ts';
export {
  compose,
  gaussianNoise,
  normalize,
  oneHot,
  type RandomCropOptions,
  type RandomErasingOptions,
  randomApply,
  randomCrop,
  randomErasing,
  randomHorizontalFlip,
  type Transform,
  toFloat,
} from './transforms.ts';
