import { cacheBound, cacheInfo, clearCache } from '../../runtime/native/toolchain/contents.ts';
import type { Context } from '../io.ts';

export interface CacheOptions {
  readonly json: boolean;
}

const MEGABYTE = 1e6;
/** Less than this is told in kilobytes. */
const SMALL = 100_000;

/** A number of bytes, in words. */
export function sizeIn({ format }: Context, bytes: number): string {
  const noBreak = '\u00a0';
  if (bytes < SMALL) return `${format.number(bytes / 1000, bytes === 0 ? 0 : 1)}${noBreak}kB`;
  return `${format.number(bytes / MEGABYTE, bytes % MEGABYTE === 0 ? 0 : 1)}${noBreak}MB`;
}

/** `lumbre cache`: where compiled kernels are kept, and how many. Needs no compiler, and makes no folder. */
export function showCache({ json }: CacheOptions, context: Context): void {
  const { output, messages, format, theme } = context;
  const info = cacheInfo();
  const bound = cacheBound();
  if (json) {
    output.write(
      `${JSON.stringify({ type: 'cache', ...info, maxBytes: bound.bytes, maxBatches: bound.batches })}\n`,
    );
    return;
  }
  const { folder, bytes, batches, kernels } = info;
  output.write(`\n  ${theme.strong(messages.cacheTitle)}\n`);
  output.write(`  ${messages.cacheFolder(folder)}\n`);
  output.write(
    `  ${
      batches === 0
        ? messages.cacheEmpty
        : messages.cacheHolds(
            format.integer(kernels),
            kernels,
            format.integer(batches),
            batches,
            sizeIn(context, bytes),
          )
    }\n`,
  );
  const limits = messages.cacheBound(sizeIn(context, bound.bytes), format.integer(bound.batches));
  output.write(`  ${theme.muted(limits)}\n`);
  if (batches > 0) output.write(`  ${theme.muted(messages.cacheClearHint)}\n`);
  output.write('\n');
}

/** `lumbre cache clear`: deletes the compiled kernels. */
export function emptyCache({ json }: CacheOptions, context: Context): void {
  const { output, messages, format } = context;
  const cleared = clearCache();
  const left = cacheInfo();
  if (json) {
    output.write(`${JSON.stringify({ type: 'cleared', ...cleared, left: left.batches })}\n`);
    return;
  }
  const { folder, batches, bytes } = cleared;
  const gone = batches - left.batches;
  output.write(
    batches === 0
      ? `${messages.cacheWasEmpty(folder)}\n`
      : `${messages.cacheCleared(format.integer(gone), gone, sizeIn(context, bytes - left.bytes), folder)}\n`,
  );
}
