import type { NeuronStatistics } from './snapshot.ts';
import type { ActivationName } from './state.ts';

/**
 * How a hidden neuron is. `dead`: a ReLU whose sum is below zero at every point; nothing gets through, neither forward nor
 * back. `asleep`: a GELU so far below zero that next to nothing does. `saturated`: sigmoid or tanh so far out that it is flat
 * nearly everywhere. `starved`: alive, but all that it is told comes from dead neurons. `unheard`: whoever comes next does not
 * listen to it. `straight`: always on the same side of the bend, so that it bends nothing; harmless, but it adds nothing that
 * a sum could not.
 */
export type Condition = 'alive' | 'dead' | 'asleep' | 'saturated' | 'starved' | 'unheard' | 'straight';

type Measured = Pick<NeuronStatistics, 'greatest' | 'least' | 'flat' | 'active' | 'heard'>;

/** Whether it passes on nothing and cannot learn to: what the detector calls out. */
export const isDead = ({ greatest }: Pick<Measured, 'greatest'>, activation: ActivationName): boolean =>
  (activation === 'relu' && greatest <= 0) || (activation === 'gelu' && greatest < -3);

const bent = (activation: ActivationName) => activation === 'relu' || activation === 'leaky';

/** What is the matter with a neuron. `deafened` says that all neurons before it are dead. */
export function conditionOf(neuron: Measured, activation: ActivationName, deafened = false): Condition {
  if (isDead(neuron, activation)) return activation === 'gelu' ? 'asleep' : 'dead';
  if (deafened) return 'starved';
  if ((activation === 'tanh' || activation === 'sigmoid') && neuron.flat >= 0.95) return 'saturated';
  if (neuron.heard < 0.02) return 'unheard';
  if (bent(activation) && (neuron.least >= 0 || neuron.greatest <= 0)) return 'straight';
  return 'alive';
}

/** Conditions that hinder learning; the others are only told of whoever asks. */
export const isSick = (condition: Condition): boolean =>
  condition === 'dead' || condition === 'asleep' || condition === 'saturated' || condition === 'starved';

/** The conditions of all neurons, layer by layer. */
export function diagnose(
  layers: readonly (readonly NeuronStatistics[])[],
  activation: ActivationName,
): Condition[][] {
  return layers.map((layer, i) => {
    const before = layers[i - 1];
    const deafened = before?.every((neuron) => isDead(neuron, activation)) ?? false;
    return layer.map((neuron) => conditionOf(neuron, activation, deafened));
  });
}

/** Why a ReLU died: it was drawn so, its bias pulled it under, or its weights did. */
export function causeOfDeath(neuron: NeuronStatistics): 'born' | 'bias' | 'weights' {
  if (neuron.deadSince === 0) return 'born';
  // What the weights could add at most, with features from -1 to 1.
  const reach = neuron.weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  return neuron.bias < 0 && -neuron.bias >= reach / 2 ? 'bias' : 'weights';
}
