import { useId } from 'react';
import { useMachine } from '../../app/machine.ts';
import { useLocale } from '../../app/preferences.tsx';
import { formatInteger, formatMemory } from '../../i18n/numbers.ts';
import { flamePath } from '../../ui/flame.ts';
import type { LabState } from './controller.ts';
import { memoryOf, secondsOf, warningOf } from './estimate.ts';
import { gptMessages } from './messages.ts';
import { knownPace } from './pace.ts';
import { type LabRecipe, sizeNameOf, sizeNames, withSize } from './recipe.ts';
import { manyParameters, roughTime } from './words.ts';

/** The fire of each size: how high its flames stand. */
const fires = [[10], [10, 17, 9], [10, 17, 25, 15, 8], [9, 16, 22, 27, 20, 24, 12]] as const;

/** How large the model is to be, and what that takes on this machine. */
export function SizeDial({
  state,
  onChange,
}: {
  state: LabState;
  onChange(change: Partial<LabRecipe>): void;
}) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const id = useId();
  const { recipe, needs, cut } = state;
  const machine = useMachine();
  const chosen = sizeNameOf(recipe);
  const nearest = chosen ?? nearestSize(recipe);
  const place = sizeNames.indexOf(nearest);
  const heights: readonly number[] = fires[place] ?? fires[1];
  const highest = Math.max(...heights);
  const name = chosen ? t(chosen) : t('ownSize');
  const { steps, nLayer } = recipe;
  const seconds =
    needs && machine && knownPace() * secondsOf({ operations: needs.operations, nLayer, steps }, machine);
  const bytes = needs && memoryOf(needs.bytes, cut?.characters ?? 0);
  const estimate =
    seconds === null || bytes === null
      ? t('measuring')
      : t('onYourMachine', {
          time: roughTime(seconds),
          memory: Number.isFinite(bytes) ? formatMemory(locale, bytes) : '∞',
        });
  const warning = seconds !== null && bytes !== null ? warningOf(seconds, bytes) : null;
  return (
    <div className="dial">
      <div className="field">
        <label htmlFor={id}>
          {t('size')} <output htmlFor={id}>{name}</output>
        </label>
      </div>
      <div className="dial-fire" aria-hidden="true">
        <svg viewBox={`0 0 ${heights.length * 11 + 2} 28`} aria-hidden="true">
          {heights.map((height, i) => (
            <path
              // biome-ignore lint/suspicious/noArrayIndexKey: a flame is known by its place.
              key={i}
              transform={`translate(${1 + i * 11} 28)`}
              d={flamePath(11, height)}
              fill={height === highest ? 'var(--flame)' : 'var(--ember)'}
            />
          ))}
        </svg>
      </div>
      <input
        type="range"
        id={id}
        min={0}
        max={3}
        step={1}
        value={place}
        style={{ '--p': `${(100 * place) / 3}%` } as React.CSSProperties}
        aria-valuetext={`${name}: ${estimate}`}
        aria-describedby={`${id}-estimate`}
        onChange={({ target }) => onChange(withSize(recipe, sizeNames[target.valueAsNumber] ?? 'ember'))}
      />
      <div className="ticks" aria-hidden="true">
        {sizeNames.map((size) => (
          <span key={size}>{t(size)}</span>
        ))}
      </div>
      <p id={`${id}-estimate`} className="est" aria-live="polite">
        <strong>{estimate}</strong>
        <br />
        {needs &&
          t('parametersSteps', {
            parameters: manyParameters(locale, needs.parameters),
            steps: formatInteger(locale, steps),
          })}
        {warning && <span className="w">{t(`warning.${warning}`)}</span>}
      </p>
    </div>
  );
}

/** The position that settings of one's own are nearest to, by the weights in the layers. */
function nearestSize(recipe: LabRecipe) {
  const weight = ({ nLayer, nEmbd }: LabRecipe) => Math.log(nLayer * nEmbd ** 2);
  const distance = (name: (typeof sizeNames)[number]) =>
    Math.abs(weight(withSize(recipe, name)) - weight(recipe));
  return sizeNames.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}
