import type { Tensor } from '../../tensor/tensor.ts';

/** What stands between the two layers of a feed-forward block, by the names that Hugging Face's `config.json` has. */
const activations = {
  gelu: (x: Tensor) => x.gelu(),
  gelu_new: (x: Tensor) => x.gelu({ approximate: 'tanh' }),
  gelu_pytorch_tanh: (x: Tensor) => x.gelu({ approximate: 'tanh' }),
  gelu_fast: (x: Tensor) => x.gelu({ approximate: 'tanh' }),
  quick_gelu: (x: Tensor) => x.mul(x.mul(1.702).sigmoid()),
  relu: (x: Tensor) => x.relu(),
  silu: (x: Tensor) => x.silu(),
  swish: (x: Tensor) => x.silu(),
  mish: (x: Tensor) => x.mish(),
  tanh: (x: Tensor) => x.tanh(),
  sigmoid: (x: Tensor) => x.sigmoid(),
  linear: (x: Tensor) => x,
} as const satisfies Readonly<Record<string, (x: Tensor) => Tensor>>;

export type HiddenActivation = keyof typeof activations;

export const hiddenActivationNames = Object.keys(activations) as readonly HiddenActivation[];

export const hiddenActivation = (name: HiddenActivation): ((x: Tensor) => Tensor) => activations[name];
