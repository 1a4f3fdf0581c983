import {
  type CompiledFunction,
  type ExplainedNode,
  type Explanation,
  explanation,
  type Tensor,
} from 'lumbre';
import type { OutputOf } from '../output.ts';
import { clip, clipTitle } from './clip.ts';

/** The most nodes, kernels and places of memory that are drawn. */
const MOST = 400;

/**
 * How a tensor will be computed: graph, kernels and memory. Of a compiled function, which has its graphs no more, the kernels of
 * its first program.
 * @throws TypeError when there is nothing to compute.
 */
export function explanationOutput(
  target: Tensor | readonly Tensor[] | CompiledFunction<never[], unknown>,
  title: string | null,
): OutputOf<'explanation'> {
  const found = typeof target === 'function' ? compiledProgram(target) : explanation(target);
  if (!found) {
    throw new TypeError(
      'explain: there is nothing to compute, the value is there already. Explain a tensor before it is shown or read.',
    );
  }
  const nodes: readonly ExplainedNode[] = 'nodes' in found ? (found as Explanation).nodes : [];
  return {
    kind: 'explanation',
    title: clipTitle(title),
    nodes: nodes.slice(0, MOST).map(({ id, op, detail, dtype, shape, sources }) => ({
      ...{ id, op: clip(op, 40), dtype, detail: clip(detail, 200) },
      ...{ shape: [...shape], sources: sources.slice(0, 64) },
    })),
    kernels: found.kernels.slice(0, MOST).map(({ name, nodes: inside, bytes, operations }) => ({
      ...{ name: clip(name, 200), bytes, operations },
      nodes: inside.slice(0, MOST).map((node) => clip(node, 200)),
    })),
    memory: found.memory
      .slice(0, MOST)
      .map(({ name, offset, bytes }) => ({ name: clip(name, 200), offset, bytes })),
    arenaBytes: found.arenaBytes,
  };
}

function compiledProgram(compiled: CompiledFunction<never[], unknown>) {
  const [program] = compiled.explain();
  if (!program) throw new TypeError('explain: nothing is compiled yet. Call the function once before.');
  return program;
}
