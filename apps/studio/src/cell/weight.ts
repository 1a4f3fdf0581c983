import type { Output } from './output.ts';

/** What all outputs of one run may weigh together, in bytes. */
export const MOST_BYTES = 96 * 1024 * 1024;

/** About how many bytes an output takes on the page. */
export function weightOf(output: Output): number {
  switch (output.kind) {
    case 'text':
      return 2 * output.text.length;
    case 'tensor':
      return 8 * output.values.length;
    case 'table':
      return 32 * output.rows.length * output.columns.length;
    case 'plot':
      return output.series.reduce((bytes, { y }) => bytes + 32 * y.length, 0);
    case 'image':
      return output.pixels.byteLength;
    case 'audio':
      return output.samples.byteLength;
    case 'explanation':
      return 256 * (output.nodes.length + output.kernels.length + output.memory.length);
  }
}
