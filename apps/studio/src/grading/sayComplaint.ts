import { inPlainWords } from '../cell/plainWords.ts';
import type { Locale } from '../i18n/locale.ts';
import { catalog } from '../i18n/messages.ts';
import en from './complaints.en.json';
import es from './complaints.es.json';
import type { Said } from './said.ts';

const messages = catalog({ es, en });

/** A number as the language writes it, to the digits that it has; what is code stays code. */
function written(value: string | number, locale: Locale): string {
  if (typeof value === 'string') return value;
  const text = String(value).replace('-', '−').replace('Infinity', '∞');
  return locale === 'es' ? text.replace('.', ',') : text;
}

/** What a check complains of, as a sentence. */
export function sayComplaint(complaint: Said, locale: Locale): string {
  const t = messages(locale);
  switch (complaint.id) {
    case 'differs':
    case 'length': {
      const found = written(complaint.found, locale);
      const expected = written(complaint.expected, locale);
      const { at, what } = complaint;
      const sentence = t(complaint.id, { found, expected, place: at === '' ? '' : t('place', { at }) });
      return what === '' ? sentence : `${what}: ${sentence}`;
    }
    case 'doesNotHold':
      return t('doesNotHold');
    case 'note':
      return complaint.text;
    case 'threw': {
      const plain = inPlainWords(complaint.message, locale);
      return plain === null ? t('threw', { message: complaint.message }) : `${plain} (${complaint.message})`;
    }
  }
}
