import type { Locale } from '../../i18n/locale.ts';
import { formatFixed, formatPercent, formatSignificant } from '../../i18n/numbers.ts';
import type { TableView } from '../exhibit.ts';
import { heldOut } from './datasets.ts';
import { type Condition, causeOfDeath, diagnose, isSick } from './diagnosis.ts';
import type { Say } from './messages.ts';
import type { NeuronStatistics, Snapshot } from './snapshot.ts';
import { classesOf, type DataPoint, type FeatureName, type PlaygroundState, taskOf } from './state.ts';

export const featureSigns: Readonly<Record<FeatureName, string>> = {
  x: 'x',
  y: 'y',
  x2: 'x²',
  y2: 'y²',
  xy: 'x·y',
  sinx: 'sin πx',
  siny: 'sin πy',
};

/** Why a neuron is as it is, with its own numbers. */
export function reasonOf(neuron: NeuronStatistics, condition: Condition, locale: Locale, t: Say): string {
  const n = (value: number) => formatSignificant(locale, value, 2);
  const values = {
    active: formatPercent(locale, neuron.active),
    flat: formatPercent(locale, neuron.flat),
    least: n(neuron.least),
    greatest: n(neuron.greatest),
    gradient: n(neuron.gradient),
    heard: n(neuron.heard),
    bias: n(neuron.bias),
    since: neuron.deadSince ?? 0,
  };
  if (condition === 'dead') {
    const cause = causeOfDeath(neuron);
    return t(cause === 'born' ? 'deadBorn' : cause === 'bias' ? 'deadBias' : 'deadWeights', values);
  }
  return t(`${condition}Why`, values);
}

/** The neurons that are in trouble, in order. */
export function sickOf(
  snapshot: Snapshot,
  state: PlaygroundState,
): { layer: number; neuron: number; condition: Condition }[] {
  return diagnose(snapshot.layers, state.activation).flatMap((conditions, layer) =>
    conditions.flatMap((condition, neuron) => (isSick(condition) ? [{ layer, neuron, condition }] : [])),
  );
}

export const shortName = ({ layer, neuron }: { layer: number; neuron: number }): string =>
  `${layer + 1}.${neuron + 1}`;

/** What is to be seen, in sentences that are true of it. */
export function wordsOf(
  state: PlaygroundState,
  points: readonly DataPoint[],
  snapshot: Snapshot | null,
  locale: Locale,
  t: Say,
): string[] {
  const task = taskOf(state);
  const n = (value: number) => formatFixed(locale, value, 3);
  const sentences = [
    t('wordsData', {
      count: points.length,
      data: t(state.data),
      classes: classesOf(points, task),
      held: heldOut(points, state).filter(Boolean).length,
    }),
    t('wordsNetwork', {
      features: state.features.map((name) => featureSigns[name]).join(', '),
      layers: state.layers.length,
      widths: state.layers.join(', '),
      activation: t(state.activation),
      optimizer: t(state.optimizer),
      rate: formatSignificant(locale, state.rate, 1),
    }),
  ];
  if (!snapshot) return sentences;
  if (!Number.isFinite(snapshot.trainLoss)) return [...sentences, t('diverged')];
  if (snapshot.step === 0) sentences.push(t('wordsStart', { loss: n(snapshot.trainLoss) }));
  else {
    sentences.push(
      t('wordsTrained', { step: snapshot.step, train: n(snapshot.trainLoss), held: n(snapshot.heldLoss) }),
      t(task === 'classes' ? 'wordsAccuracy' : 'wordsR2', {
        score: formatPercent(locale, snapshot.heldScore),
      }),
    );
    if (snapshot.heldLoss > 1.5 * snapshot.trainLoss + 0.05) sentences.push(t('wordsGap'));
  }
  if (state.layers.length > 0) {
    const sick = sickOf(snapshot, state);
    sentences.push(
      t('wordsSick', {
        sick: sick.length,
        names: sick.map((one) => `${shortName(one)} (${t(one.condition).toLowerCase()})`).join(', '),
      }),
    );
  }
  return sentences;
}

/** The hidden neurons and their numbers. */
export function tableOf(
  state: PlaygroundState,
  snapshot: Snapshot | null,
  locale: Locale,
  t: Say,
): TableView {
  const conditions = snapshot ? diagnose(snapshot.layers, state.activation) : [];
  return {
    caption: t('tableCaption', { step: snapshot?.step ?? 0 }),
    columns: [
      t('tableNeuron'),
      t('tableCondition'),
      t('tableActive'),
      t('tableLeast'),
      t('tableGreatest'),
      t('tableGradient'),
      t('tableBias'),
      t('tableWeights'),
    ],
    rows: (snapshot?.layers ?? []).flatMap((layer, i) =>
      layer.map((neuron, j) => [
        shortName({ layer: i, neuron: j }),
        t(conditions[i]?.[j] ?? 'alive'),
        formatPercent(locale, neuron.active),
        formatFixed(locale, neuron.least, 3),
        formatFixed(locale, neuron.greatest, 3),
        formatSignificant(locale, neuron.gradient, 3),
        formatFixed(locale, neuron.bias, 3),
        neuron.weights.map((weight) => formatFixed(locale, weight, 2)).join('; '),
      ]),
    ),
  };
}
