export { ShardError, type ShardIndex, type TokenFiles } from './format.ts';
export { memoryTokenFiles } from './memoryFiles.ts';
export { TokenShards, type TokenShardsOptions, type WindowOptions } from './reader.ts';
export {
  type ShardWriterOptions,
  TokenShardWriter,
  type WriteShardsOptions,
  writeTokenShards,
} from './writer.ts';
