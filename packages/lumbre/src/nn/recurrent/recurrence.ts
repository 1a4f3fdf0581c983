import type { Tensor } from '../../tensor/tensor.ts';

/** What one layer in one direction, or one cell, multiplies by; the gates of a cell lie one behind the other. */
export interface RecurrentWeights {
  /** `[gates · hidden, inputs]` */
  readonly ih: Tensor;
  /** `[gates · hidden, hidden]`, or `[gates · hidden, projSize]` */
  readonly hh: Tensor;
  /** `[gates · hidden]`, or null. */
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
  /** `[projSize, hidden]`, of an LSTM whose hidden state is projected. */
  readonly hr: Tensor | null;
}

/** What a kind of cell computes. Of its states the first is the hidden one, which the next layer sees. */
export interface Recurrence {
  /** How many vectors as long as the hidden state the weights make. */
  readonly gates: number;
  /** `h`, or `h` and `c`. */
  readonly states: 1 | 2;
  /** What does not depend on the state, of all steps at once: `[rows, inputs]` to `[rows, gates · hidden]`. */
  project(x: Tensor, weights: RecurrentWeights): Tensor;
  /** A step: the states `[batch, hidden]` and `[batch, gates · hidden]` of what `project` made, to the next states. */
  step(states: readonly Tensor[], projected: Tensor, weights: RecurrentWeights): readonly Tensor[];
}

const plus = (x: Tensor, bias: Tensor | null): Tensor => (bias ? x.add(bias) : x);

const withBothBiases = (x: Tensor, { ih, biasIh, biasHh }: RecurrentWeights): Tensor =>
  plus(x.matmul(ih.T), biasIh && biasHh ? biasIh.add(biasHh) : null);

/** h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu (Elman, Cognitive Science 14, 1990). */
export const elman = (nonlinearity: 'tanh' | 'relu'): Recurrence => ({
  gates: 1,
  states: 1,
  project: withBothBiases,
  step([h], projected, { hh }) {
    const sum = projected.add((h as Tensor).matmul(hh.T));
    return [nonlinearity === 'tanh' ? sum.tanh() : sum.relu()];
  },
});

/**
 * The gates are i, f, g and o: c' = σ(f) · c + σ(i) · tanh(g), h' = σ(o) · tanh(c') (Hochreiter and Schmidhuber, Neural
 * Computation 9, 1997; Gers et al., 2000), projected where there is a projection (Sak et al., arXiv:1402.1128).
 */
export const lstm: Recurrence = {
  gates: 4,
  states: 2,
  project: withBothBiases,
  step([h, c], projected, { hh, hr }) {
    const gates = projected.add((h as Tensor).matmul(hh.T));
    const [i, f, g, o] = gates.chunk(4, -1) as [Tensor, Tensor, Tensor, Tensor];
    const kept = f.sigmoid().mul(c as Tensor);
    const cell = kept.add(i.sigmoid().mul(g.tanh()));
    const hidden = o.sigmoid().mul(cell.tanh());
    return [hr ? hidden.matmul(hr.T) : hidden, cell];
  },
};

/**
 * The gates are r, z and n: h' = (1 - σ(z)) · n + σ(z) · h, n = tanh(W_in x + b_in + σ(r) · (W_hn h + b_hn)) (Cho et al.,
 * arXiv:1406.1078, with the reset gate behind the product as in PyTorch and cuDNN).
 */
export const gru: Recurrence = {
  gates: 3,
  states: 1,
  project: (x, { ih, biasIh }) => plus(x.matmul(ih.T), biasIh),
  step([h], projected, { hh, biasHh }) {
    const recurrent = plus((h as Tensor).matmul(hh.T), biasHh);
    const [xr, xz, xn] = projected.chunk(3, -1) as [Tensor, Tensor, Tensor];
    const [hr, hz, hn] = recurrent.chunk(3, -1) as [Tensor, Tensor, Tensor];
    const n = xn.add(xr.add(hr).sigmoid().mul(hn)).tanh();
    const z = xz.add(hz).sigmoid();
    return [n.add(z.mul((h as Tensor).sub(n)))];
  },
};
