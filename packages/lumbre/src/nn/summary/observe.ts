import { multiplyAdds } from '../../tensor/operations.ts';
import { collectTensors } from '../../tensor/structure.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Module } from '../module.ts';

/** What was seen of one module. */
export interface Observed {
  calls: number;
  /** The first call's. */
  outputs: readonly Tensor[];
  /** Of what the module computes itself, not by the modules inside. */
  multiplyAdds: number;
  /** Tensors that came out, in all calls. */
  readonly made: Set<Tensor>;
}

type Forward = (...args: unknown[]) => unknown;

/**
 * Runs `run` while every `forward` of the modules is looked at, and leaves all as it was. What a module computes is found
 * in the graph behind its outputs, so that any module can be looked at and nothing need be computed.
 */
export function observe(root: Module, inputs: readonly Tensor[], run: () => unknown): Map<Module, Observed> {
  const modules = [...root.namedModules()].map(([, module]) => module);
  const seen = new Map(
    modules.map((module): [Module, Observed] => [
      module,
      { calls: 0, outputs: [], multiplyAdds: 0, made: new Set() },
    ]),
  );
  const counted = new WeakSet<object>();
  // What is in the inputs is nobody's work here.
  multiplyAdds(inputs, counted);
  const stack: Module[] = [root];
  const account = (tensors: readonly Tensor[]): void => {
    const current = seen.get(stack.at(-1) as Module) as Observed;
    current.multiplyAdds += multiplyAdds(tensors, counted);
  };
  const restore = modules.map((module) =>
    wrap(module, (forward, args) => {
      account(collectTensors(args));
      stack.push(module);
      try {
        const result = forward(...args);
        const outputs = collectTensors(result);
        account(outputs);
        const own = seen.get(module) as Observed;
        if (own.calls++ === 0) own.outputs = outputs;
        for (const output of outputs) own.made.add(output);
        return result;
      } finally {
        stack.pop();
      }
    }),
  );
  const awake = awakened(root);
  try {
    const outputs = collectTensors(run());
    account(outputs);
    const own = seen.get(root) as Observed;
    if (own.calls === 0) own.outputs = outputs;
  } finally {
    awake();
    for (const undo of restore) undo();
  }
  return seen;
}

/** Puts `around` in the place of a module's `forward`; what it returns puts it back. */
function wrap(module: Module, around: (forward: Forward, args: unknown[]) => unknown): () => void {
  const target = module as unknown as { forward?: Forward };
  const before = Object.getOwnPropertyDescriptor(target, 'forward');
  const { forward } = target;
  if (typeof forward !== 'function') return () => {};
  Object.defineProperty(target, 'forward', {
    value: (...args: unknown[]) => around(forward.bind(module), args),
    configurable: true,
    writable: true,
  });
  return () => {
    if (before) Object.defineProperty(target, 'forward', before);
    else delete target.forward;
  };
}

/** Puts all modules in evaluation, where running means and the like stay as they are; what it returns wakes them again. */
function awakened(root: Module): () => void {
  const modes: [Module, boolean][] = [];
  // Modules inside come first, so that, backwards, what is set for a whole is corrected for its parts.
  root.apply((module) => modes.unshift([module, module.training]));
  root.eval();
  return () => {
    for (const [module, mode] of modes) module.train(mode);
  };
}
