import { memo } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { formatFixed, formatInteger } from '../../i18n/numbers.ts';
import { isKnownText } from './DataPicker.tsx';
import { gptMessages } from './messages.ts';
import type { RunFacts } from './session.ts';
import { manyParameters } from './words.ts';

/** The recipe of the run that is open: it is what it is until the run is done. */
export const RunPanel = memo(function RunPanel({ facts }: { facts: RunFacts }) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const { config, about, vocabulary, byCharacter, parameters } = facts;
  const { model, train } = config;
  const { data } = about;
  const dataName =
    data.kind === 'stories'
      ? t(data.language === 'es' ? 'storiesEs' : 'storiesEn')
      : data.kind === 'machine' && isKnownText(data.name)
        ? t(`text.${data.name}`)
        : (about.textFile ?? config.data.name);
  const integer = (value: number) => formatInteger(locale, value);
  const rows: readonly (readonly [string, string])[] = [
    [t('data'), dataName],
    [
      t('howToCut'),
      byCharacter
        ? `${t('byCharacter')}, ${integer(vocabulary.length)}`
        : t('byPieces', { size: integer(vocabulary.length) }),
    ],
    [
      t('size'),
      t('parametersSteps', { parameters: manyParameters(locale, parameters), steps: integer(train.steps) }),
    ],
    [t('nLayer'), integer(model.nLayer)],
    [t('nHead'), integer(model.nHead)],
    [t('nEmbd'), integer(model.nEmbd)],
    [t('blockSize'), integer(model.blockSize)],
    [t('batchSize'), integer(train.batchSize)],
    [t('lr'), formatFixed(locale, train.lr, train.lr < 0.001 ? 5 : 4)],
    [t('dropout'), formatFixed(locale, model.dropout, 2)],
    [t('seed'), integer(train.seed)],
  ];
  return (
    <dl className="run-recipe">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
});
