import { useId } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { formatInteger } from '../../i18n/numbers.ts';
import type { LabController, LabState } from './controller.ts';
import { DataPicker } from './DataPicker.tsx';
import { NumberField, Slider } from './Field.tsx';
import { gptMessages } from './messages.ts';
import { type LabRecipe, limits } from './recipe.ts';
import { SizeDial } from './SizeDial.tsx';
import { visible } from './words.ts';

const VOCABULARY_STEP = 128;

/** One, two, five, ten: learning rates lie as far apart as they are large. */
function nextRate(value: number, direction: 1 | -1): number {
  const factors = [1, 1.5, 2, 3, 4, 6, 8];
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const all = [...factors.map((f) => (f * power) / 10), ...factors.map((f) => f * power), 10 * power];
  const rounded = all.map((rate) => Number(rate.toPrecision(2)));
  const found =
    direction > 0
      ? rounded.find((rate) => rate > value * 1.0001)
      : rounded.findLast((rate) => rate < value * 0.9999);
  return found ?? value;
}

const double = (value: number, direction: 1 | -1): number =>
  direction > 0 ? value * 2 : Math.max(1, Math.round(value / 2));

/** What a run is made of, before it is lit: the text, how it is cut, the size, and all settings there are. */
export function RecipePanel({
  state,
  proposedName,
  controller,
}: {
  state: LabState;
  proposedName: string;
  controller: LabController;
}) {
  const nameId = useId();
  const locale = useLocale();
  const t = gptMessages(locale);
  const group = useId();
  const promptId = useId();
  const { recipe, cut } = state;
  const set = (change: Partial<LabRecipe>) => controller.setRecipe(change);
  const divides = recipe.nEmbd % recipe.nHead === 0;
  const uneven = divides ? null : t('headsDivide', { heads: recipe.nHead, width: recipe.nEmbd });
  const number = (
    key: keyof typeof limits & keyof LabRecipe,
    more?: Partial<Parameters<typeof NumberField>[0]>,
  ) => (
    <NumberField
      label={t(key === 'vocabSize' ? 'vocabSize' : key)}
      value={recipe[key] as number}
      range={limits[key]}
      onChange={(value) => set({ [key]: value })}
      {...more}
    />
  );
  return (
    <>
      <DataPicker state={state} controller={controller} />
      <div className="field">
        <label htmlFor={nameId}>{t('name')}</label>
        <input
          className="inp"
          id={nameId}
          maxLength={80}
          placeholder={proposedName}
          value={state.name ?? ''}
          onChange={({ target }) => controller.setName(target.value)}
        />
      </div>
      <fieldset className="field">
        <legend className="lab">{t('howToCut')}</legend>
        <div className="seg">
          {(['char', 'bpe'] as const).map((tokenizer) => (
            <label key={tokenizer}>
              <input
                type="radio"
                name={group}
                checked={recipe.tokenizer === tokenizer}
                onChange={() => void controller.setText({ tokenizer })}
              />
              {tokenizer === 'char'
                ? t('byCharacter')
                : t('byPieces', { size: formatInteger(locale, recipe.vocabSize) })}
            </label>
          ))}
        </div>
        {recipe.tokenizer === 'bpe' && (
          <Slider
            label={t('vocabSize')}
            value={recipe.vocabSize}
            shown={formatInteger(locale, recipe.vocabSize)}
            range={[VOCABULARY_STEP, 4096]}
            step={VOCABULARY_STEP}
            onChange={(vocabSize) => void controller.setText({ vocabSize })}
          />
        )}
        {cut && (
          <p className="hint tok" aria-label={`${t('pieces')} ${cut.pieces.join(' · ')}`} role="img">
            {cut.pieces.map((piece, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a piece is known by its place in the line.
              <span key={i}>{visible(piece)}</span>
            ))}
          </p>
        )}
      </fieldset>
      <SizeDial state={state} onChange={set} />
      <details className="more">
        <summary>{t('fine')}</summary>
        <div className="fine">
          {number('nLayer')}
          {number('nHead', { problem: uneven })}
          {number('nEmbd', {
            step: (value, direction) => value + direction * Math.max(8, recipe.nHead),
            problem: uneven,
          })}
          {number('blockSize', { step: double })}
          {number('batchSize', { step: double })}
          {number('steps', { step: (value, direction) => value + direction * 500 })}
          {number('lr', { whole: false, step: nextRate })}
          {number('dropout', {
            whole: false,
            step: (value, direction) => Number((value + direction * 0.05).toFixed(2)),
          })}
          {number('seed')}
          <div className="field">
            <label htmlFor={promptId}>{t('prompt')}</label>
            <input
              className="inp"
              id={promptId}
              maxLength={200}
              value={recipe.prompt}
              onChange={({ target }) => set({ prompt: target.value.normalize('NFC') })}
            />
          </div>
          {number('sampleSeed')}
        </div>
      </details>
    </>
  );
}
