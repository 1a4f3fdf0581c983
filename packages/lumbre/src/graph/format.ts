import type { Node, OpArgs } from './node.ts';
import { formatShape } from './shape.ts';

/** What an op keeps beside its sources, as text. Constants exactly, so that -0, NaN and infinities differ. */
export function formatArg({ op, arg }: Node): string {
  if (arg === null) return '';
  if (op === 'const') {
    const { value } = arg as OpArgs['const'];
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (op === 'scan') {
    const { loop, output } = arg as OpArgs['scan'];
    return `length=${loop.length}${loop.reverse ? ' reverse' : ''} output=${output}`;
  }
  return Object.entries(arg)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? formatShape(value) : value}`)
    .join(' ');
}

/** One line for one node: `mul3 = mul(input0, exp2)  float32[4, 8]`, with a star where the value is stored. */
export function formatNode(node: Node, nameOf: (node: Node) => string, stored: boolean): string {
  const sources = node.sources.map(nameOf).join(', ');
  const arg = formatArg(node);
  const call = `${node.op}(${[sources, arg].filter(Boolean).join('; ')})`;
  return `${nameOf(node)} = ${call}  ${node.dtype}${formatShape(node.shape)}${stored ? ' *' : ''}`;
}
