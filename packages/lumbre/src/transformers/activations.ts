import type { Tensor } from '../tensor/tensor.ts';

/** The functions that configurations name, as `ACT2FN` of transformers. */
const functions = {
  gelu: (x: Tensor) => x.gelu(),
  gelu_new: (x: Tensor) => x.gelu({ approximate: 'tanh' }),
  gelu_pytorch_tanh: (x: Tensor) => x.gelu({ approximate: 'tanh' }),
  gelu_fast: (x: Tensor) => x.gelu({ approximate: 'tanh' }),
  quick_gelu: (x: Tensor) => x.mul(x.mul(1.702).sigmoid()),
  linear: (x: Tensor) => x,
  mish: (x: Tensor) => x.mish(),
  relu: (x: Tensor) => x.relu(),
  relu2: (x: Tensor) => x.relu().square(),
  relu6: (x: Tensor) => x.clamp({ min: 0, max: 6 }),
  sigmoid: (x: Tensor) => x.sigmoid(),
  silu: (x: Tensor) => x.silu(),
  swish: (x: Tensor) => x.silu(),
  tanh: (x: Tensor) => x.tanh(),
} as const;

export type ActivationName = keyof typeof functions;

export const activationNames = Object.keys(functions) as ActivationName[];

/** What a configuration calls `hidden_act` or `activation_function`. @throws RangeError for a name that is none. */
export function activation(name: string): (x: Tensor) => Tensor {
  if (Object.hasOwn(functions, name)) return functions[name as ActivationName];
  throw new RangeError(
    `activation: there is none called ${JSON.stringify(name)}; there are ${activationNames.join(', ')}.`,
  );
}
