import { FileText } from 'lucide-react';
import { useId, useState } from 'react';
import { useLocale } from '../../app/preferences.tsx';
import { formatInteger } from '../../i18n/numbers.ts';
import type { LabController, LabState } from './controller.ts';
import { gptMessages } from './messages.ts';
import type { DataChoice } from './recipe.ts';

/** Texts of the server that have a name here; others are not offered. */
const knownTexts = ['quijote', 'sonetos', 'martin-fierro', 'tinyshakespeare', 'names', 'nombres'] as const;
type KnownText = (typeof knownTexts)[number];
export const isKnownText = (name: string): name is KnownText => knownTexts.some((known) => known === name);

const keyOf = (data: DataChoice): string =>
  data.kind === 'stories'
    ? `stories-${data.language}`
    : data.kind === 'machine'
      ? `machine-${data.name}`
      : 'own';

function choiceOf(key: string): DataChoice {
  if (key === 'stories-es' || key === 'stories-en')
    return { kind: 'stories', language: key === 'stories-es' ? 'es' : 'en' };
  return key.startsWith('machine-')
    ? { kind: 'machine', name: key.slice('machine-'.length) }
    : { kind: 'own' };
}

/** What the model learns from: the package's stories, a text of this machine, or the learner's. */
export function DataPicker({ state, controller }: { state: LabState; controller: LabController }) {
  const locale = useLocale();
  const t = gptMessages(locale);
  const id = useId();
  const { recipe, cut, busy, textProblem, machineTexts } = state;
  return (
    <div className="field">
      <label htmlFor={id}>{t('data')}</label>
      <select
        className="inp"
        id={id}
        value={keyOf(recipe.data)}
        aria-describedby={`${id}-facts`}
        onChange={({ target }) => void controller.setText({ data: choiceOf(target.value) })}
      >
        <option value="stories-es">{t('storiesEs')}</option>
        <option value="stories-en">{t('storiesEn')}</option>
        {machineTexts.filter(isKnownText).map((name) => (
          <option key={name} value={`machine-${name}`}>
            {t(`text.${name}`)}
          </option>
        ))}
        <option value="own">{t('ownText')}</option>
      </select>
      {recipe.data.kind === 'own' && <OwnText controller={controller} />}
      <p className="hint" id={`${id}-facts`} aria-live="polite">
        {busy === 'text'
          ? t('textReading')
          : recipe.data.kind === 'stories'
            ? t('storiesFacts')
            : cut && t('textFacts', { characters: formatInteger(locale, cut.characters), lines: cut.lines })}
      </p>
      {textProblem && (
        <p className="errtext" role="alert">
          {t(`problem.${textProblem.code}`, { detail: textProblem.detail })}
        </p>
      )}
    </div>
  );
}

/** A place to drop a file on, to choose one from, and to paste into. */
function OwnText({ controller }: { controller: LabController }) {
  const t = gptMessages(useLocale());
  const [over, setOver] = useState(false);
  const [pasted, setPasted] = useState('');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped here; the button and the field do the same.
    <div
      className={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        const text = event.dataTransfer.getData('text/plain');
        if (file) void controller.giveText(file);
        else if (text) void controller.giveText(text);
      }}
    >
      <span className="small">{t('dropHere')}</span>
      <label className="btn sm file-button">
        <FileText className="i" aria-hidden /> {t('chooseFile')}
        <input
          type="file"
          accept=".txt,.md,text/*"
          className="sr"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file) void controller.giveText(file);
            target.value = '';
          }}
        />
      </label>
      <textarea
        className="inp"
        rows={3}
        aria-label={t('pasteLabel')}
        placeholder={t('pastePlaceholder')}
        value={pasted}
        onChange={({ target }) => setPasted(target.value)}
      />
      <button
        type="button"
        className="btn sm"
        disabled={pasted.trim() === ''}
        onClick={() => void controller.giveText(pasted)}
      >
        {t('useText')}
      </button>
      <span className="hint">{t('textLimit')}</span>
    </div>
  );
}
